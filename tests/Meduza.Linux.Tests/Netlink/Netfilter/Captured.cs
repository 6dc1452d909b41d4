using Meduza.Linux.Netlink;

namespace Meduza.Linux.Tests.Netlink.Netfilter;

/// <summary>
/// What iptables-nft 1.8.9, nft 1.0.6 and ipset 7.17 send, captured once with strace, as data: a line with the command,
/// then its messages in hexadecimal, their sequence numbers zero. The set that the rules name had the number 0.
/// </summary>
internal static class Captured
{
    /// <param name="tool">The file: <c>iptables</c>, <c>nft</c>, <c>ipset</c>.</param>
    /// <returns>Command to messages, each with its kind.</returns>
    public static IReadOnlyDictionary<string, List<(string Kind, string Bytes)>> Of(string tool)
    {
        using var stream = typeof(Captured).Assembly.GetManifestResourceStream(tool)
            ?? throw new InvalidOperationException($"no capture of {tool}");
        using var reader = new StreamReader(stream);
        var commands = new Dictionary<string, List<(string, string)>>();
        List<(string, string)> current = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith("# ", StringComparison.Ordinal))
                commands.Add(line[2..], current = []);
            else if (line.Split(' ') is [var kind, var bytes])
                current.Add((kind, bytes));
        }
        return commands;
    }

    public static string Message(string tool, string command, string kind) => Of(tool)[command].Single(m => m.Kind == kind).Bytes;

    public delegate void WriteMessage(ref MessageWriter writer);

    /// <summary>What of ours writes, in the same form.</summary>
    public static string Write(WriteMessage write)
    {
        var writer = new MessageWriter(new byte[4096]);
        write(ref writer);
        return Convert.ToHexStringLower(writer.Written);
    }
}
