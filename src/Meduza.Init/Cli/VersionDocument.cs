using System.Runtime.InteropServices;

namespace Meduza.Init.Cli;

/// <summary>What this binary is.</summary>
/// <param name="Version">Of the product.</param>
/// <param name="Commit">What it was built from; null where the build did not know.</param>
/// <param name="Runtime">The .NET that is compiled in.</param>
/// <param name="Platform">Operating system and processor.</param>
internal sealed record VersionDocument(string Version, string? Commit, string Runtime, string Platform)
{
    /// <param name="version">With the commit behind a plus sign, where it is known.</param>
    public static VersionDocument Of(string version)
    {
        var plus = version.IndexOf('+', StringComparison.Ordinal);
        return new(
            plus < 0 ? version : version[..plus],
            plus < 0 || plus == version.Length - 1 ? null : version[(plus + 1)..],
            RuntimeInformation.FrameworkDescription,
            RuntimeInformation.RuntimeIdentifier);
    }

    public override string ToString() => $"meduza {Version} ({(Commit is null ? "" : $"commit {Commit}, ")}{Runtime}, {Platform})";
}
