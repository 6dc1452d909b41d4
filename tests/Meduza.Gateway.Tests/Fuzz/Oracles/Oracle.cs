using System.Collections.Immutable;

namespace Meduza.Gateway.Tests.Fuzz.Oracles;

/// <summary>
/// Reads files by the grammar of the program that they are for, not by how they were written, and compares what that program
/// would find with what the configuration says. It fails the test where there is more, less or other.
/// </summary>
/// <returns>The files that it read, so that none is left that nobody judges.</returns>
internal delegate IEnumerable<string> Oracle(Rendered rendered);

/// <summary>All of them.</summary>
internal static class OracleList
{
    public static ImmutableArray<(string Name, Oracle Judge)> All { get; } =
    [
        ("tinc", TincOracle.Judge),
        ("EasyTier", EasyTierOracle.Judge),
        ("OpenVPN", OpenVpnOracle.Judge),
        ("FRR", FrrOracle.Judge),
        ("dnsmasq", DnsmasqOracle.Judge),
        ("mihomo", MihomoOracle.Judge),
        ("MosDNS", MosdnsOracle.Judge),
        ("wg-quick", WgQuickOracle.Judge),
        ("kernel", KernelOracle.Judge),
        ("services", ServiceOracle.Judge),
    ];

    /// <summary>Lets all of them judge, and fails where a file is left that none of them read.</summary>
    public static void Judge(Rendered rendered)
    {
        var read = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, judge) in All)
            read.UnionWith(judge(rendered));
        Assert.All(rendered.State.Files, file => Assert.True(read.Contains(file.Path), $"nobody judges {file.Path}"));
    }

    /// <summary>Fails unless both hold the same, each as often, in whatever order.</summary>
    public static void AssertSame(string what, IEnumerable<string> expected, IEnumerable<string> found)
    {
        var (wanted, there) = (expected.Order(StringComparer.Ordinal).ToList(), found.Order(StringComparer.Ordinal).ToList());
        if (wanted.SequenceEqual(there, StringComparer.Ordinal))
            return;
        var (missing, more) = (string.Join('\n', Without(wanted, there)), string.Join('\n', Without(there, wanted)));
        Assert.Fail($"{what}\nmissing:\n{missing}\nmore than was asked for:\n{more}");
    }

    private static IEnumerable<string> Without(List<string> lines, List<string> others)
    {
        var rest = others.ToList();
        return lines.Where(line => !rest.Remove(line));
    }
}
