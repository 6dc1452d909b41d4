namespace Meduza.Lab.Soak;

/// <summary>FRR's configuration as a set: each command behind the contexts that it stands in, so that an order that means nothing does not matter.</summary>
internal static class RoutingText
{
    /// <summary>The commands of a text; those that FRR runs without showing them are left out.</summary>
    public static IReadOnlySet<string> Lines(string text)
    {
        HashSet<string> lines = [];
        Stack<(int Indent, string Line)> contexts = new();
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.Trim();
            var indent = raw.Length - raw.TrimStart().Length;
            while (contexts.TryPeek(out var last) && last.Indent >= indent)
                contexts.Pop();
            if (line.Length == 0 || line[0] is '!' or '#' || IsNotSaid(line))
                continue;
            var path = string.Concat(contexts.Reverse().Select(context => $"{context.Line} > "));
            lines.Add(path + line);
            contexts.Push((indent, line));
        }
        return lines;
    }

    /// <summary>What is about the display, what leaves a context, and defaults.</summary>
    private static bool IsNotSaid(string line) =>
        line is "Building configuration..." or "Current configuration:" or "end" or "exit" or "exit-address-family" or "ip ospf network broadcast"
            or "maximum-paths 1" or "maximum-paths ibgp 1" or "service integrated-vtysh-config"
        || line.StartsWith("frr version ", StringComparison.Ordinal) || line.StartsWith("hostname ", StringComparison.Ordinal) || line.StartsWith("log ", StringComparison.Ordinal);
}
