namespace Meduza.Gateway.Render;

/// <summary>Where tincd of 1.1 is talked to; that of 1.0 has nothing of it.</summary>
public static class TincControl
{
    internal const string Folder = "/run/tinc";

    /// <summary>tincd writes its number and the cookie for its control socket there.</summary>
    public static string PidFile(string netname) => $"{Folder}/{netname}.pid";

    /// <summary>That socket: tincd has it beside the pid file.</summary>
    public static string SocketPath(string netname) => $"{Folder}/{netname}.socket";
}
