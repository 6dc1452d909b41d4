using Meduza.Gateway.Plan;

namespace Meduza.Gateway.Tests.Programs;

/// <summary>What FRR shows of what it runs.</summary>
internal static class RunningConfig
{
    /// <summary>True for a default, which FRR runs but does not show.</summary>
    public static bool IsNotShown(string line) =>
        line.Trim() is "ip ospf network broadcast" or "exit-address-family" or "maximum-paths 1" or "maximum-paths ibgp 1";

    /// <summary>Each command with the contexts that it stands in, sorted: equal when two daemons run the same, in whatever order they show it.</summary>
    public static IReadOnlyList<string> Flatten(string text)
    {
        // What precedes the first separator is about the display.
        var from = text.IndexOf("!\n", StringComparison.Ordinal);
        List<string> lines = [];
        Collect(FrrTree.Parse(text[from..]), "", lines);
        return [.. lines.Where(line => line != "end").Order(StringComparer.Ordinal)];
    }

    private static void Collect(FrrTree tree, string context, List<string> lines)
    {
        foreach (var child in tree.Children)
        {
            lines.Add(context + child.Line);
            Collect(child, $"{context}{child.Line} > ", lines);
        }
    }
}
