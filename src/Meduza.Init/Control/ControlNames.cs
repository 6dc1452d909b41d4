namespace Meduza.Init.Control;

/// <summary>Names that both processes must agree on.</summary>
internal static class ControlNames
{
    /// <summary>The agent's own service.</summary>
    public const string Agent = "agent";
}
