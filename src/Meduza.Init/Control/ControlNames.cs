namespace Meduza.Init.Control;

/// <summary>Names that both processes must agree on.</summary>
internal static class ControlNames
{
    /// <summary>The agent's own service.</summary>
    public const string Agent = "agent";

    /// <summary>True for a service that PID 1 defines by itself: nobody else may define or remove it.</summary>
    public static bool IsPid1s(string name) => name is Agent or LocalEtcd.Service;
}
