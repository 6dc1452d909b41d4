namespace Meduza.Init.Control.Server;

/// <summary>Values of <see cref="ControlReply.Event"/>.</summary>
internal static class ControlEvents
{
    public const string Service = "service";
    public const string Reconcile = "reconcile";
    public const string Rollback = "rollback";
    public const string Refresh = "refresh";
}
