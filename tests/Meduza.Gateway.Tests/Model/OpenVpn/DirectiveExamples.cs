using System.Collections.Immutable;
using Meduza.Gateway.Model.OpenVpn;

namespace Meduza.Gateway.Tests.Model.OpenVpn;

/// <summary>An example of each argument that the table of directives knows.</summary>
internal static class DirectiveExamples
{
    private static readonly string[] Candidates =
    [
        "10.8.0.0", "255.255.255.0", "fd00::1", "fd00::1/64", "host.example", "2.4.0", "AES-256-GCM", "eth0", "00:11:22:33:44:55", "a text", "1194", "1", "2", "100", "1400",
        string.Join(':', Enumerable.Repeat("ab", 32)),
    ];

    public static List<string> Of(DirectiveShape shape, ImmutableArray<DirectiveArgument> arguments) => [.. arguments.Select(argument => Of(shape.Name, argument))];

    private static string Of(string directive, DirectiveArgument argument)
    {
        var fitting = Candidates.Concat(argument.Expected.Split('|')).Where(argument.Accepts).ToList();
        Assert.True(fitting.Count > 0, $"{directive}: no example of {argument.Expected}");
        // A word that stands in for a number or an address is the better example where there is one.
        return argument.Expected.Contains('|', StringComparison.Ordinal) ? fitting[^1] : fitting[0];
    }
}
