using System.Reflection;

namespace Meduza.Init;

/// <summary>What this binary was built from.</summary>
internal static class BuildInfo
{
    /// <summary>The product's version, with the commit where the build knew it: <c>0.1.0+1a2b3c4</c>.</summary>
    public static string Version { get; } =
        typeof(BuildInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
