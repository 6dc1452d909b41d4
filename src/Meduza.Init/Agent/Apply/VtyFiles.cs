namespace Meduza.Init.Agent.Apply;

/// <summary>Where FRR's daemons listen.</summary>
internal static class VtyFiles
{
    public const string Folder = "/run/frr";

    public static string Of(string daemon) => $"{Folder}/{daemon}.vty";
}
