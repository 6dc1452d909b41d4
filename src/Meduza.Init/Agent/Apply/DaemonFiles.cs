namespace Meduza.Init.Agent.Apply;

/// <summary>Where FRR's daemons listen, and where they read what they start with.</summary>
internal static class DaemonFiles
{
    public const string VtyFolder = "/run/frr";

    public static string VtyOf(string daemon) => $"{VtyFolder}/{daemon}.vty";

    public static string ConfigOf(string daemon) => $"{VtyFolder}/meduza/{daemon}.conf";
}
