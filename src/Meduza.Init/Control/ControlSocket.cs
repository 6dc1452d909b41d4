namespace Meduza.Init.Control;

/// <summary>Where PID 1 listens.</summary>
internal static class ControlSocket
{
    public const string DefaultPath = "/run/meduza/control.sock";

    /// <summary>The socket's path: <c>MEDUZA_CONTROL</c> where it is set, for a supervisor that is not the machine's own.</summary>
    public static string Path => Environment.GetEnvironmentVariable("MEDUZA_CONTROL") is { Length: > 0 } path ? path : DefaultPath;
}
