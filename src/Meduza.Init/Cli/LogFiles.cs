using System.Collections.Immutable;
using Meduza.Init.Control;

namespace Meduza.Init.Cli;

/// <summary>
/// What a service wrote before the lines that PID 1 has in memory, from its files: <c>NAME.out.log</c> and
/// <c>NAME.err.log</c>, each with the rotated <c>.1</c> and <c>.2</c>. The files hold bare lines, so these have no time
/// (0), and those of the two streams stand one after the other.
/// </summary>
internal static class LogFiles
{
    private static readonly string[] Streams = ["out", "err"];

    // While the files were read, the service may have written on: that many newer lines are looked past.
    private const int MostNewer = 2000;

    /// <param name="folder">Where the files lie.</param>
    /// <param name="service">Whose.</param>
    /// <param name="inMemory">Its lines that PID 1 gave, oldest first.</param>
    /// <param name="wanted">How many lines are wanted in all.</param>
    /// <returns>Older lines, oldest first, none that is in memory too.</returns>
    /// <exception cref="CommandException">A file cannot be read.</exception>
    public static IEnumerable<LogLine> Older(string folder, string service, ImmutableArray<LogLine> inMemory, int wanted)
    {
        var missing = wanted - inMemory.Length;
        if (missing <= 0)
            return [];
        return Streams.SelectMany(stream =>
        {
            var known = inMemory.Where(l => l.Stream == stream).Select(l => l.Text).ToList();
            var lines = Read(Path.Combine(folder, $"{service}.{stream}.log"));
            return lines.Take(End(lines, known)).TakeLast(missing).Select(text => new LogLine(service, stream, 0, text));
        }).ToList();
    }

    /// <summary>The files of all services, the rotated ones too.</summary>
    public static IEnumerable<string> All(string folder) => !Directory.Exists(folder) ? [] : Streams
        .SelectMany(stream => Directory.EnumerateFiles(folder, $"*.{stream}.log*"))
        .Where(path => new FileInfo(path).LinkTarget is null).Order(StringComparer.Ordinal);

    // Where in the file the lines begin that are in memory.
    private static int End(List<string> lines, List<string> known)
    {
        for (var end = lines.Count - known.Count; end >= 0 && end >= lines.Count - known.Count - MostNewer; end--)
        {
            if (lines.Skip(end).Take(known.Count).SequenceEqual(known))
                return end;
        }
        return Math.Max(lines.Count - known.Count, 0);
    }

    private static List<string> Read(string path)
    {
        try
        {
            return [.. new[] { $"{path}.2", $"{path}.1", path }.Where(File.Exists).SelectMany(file => File.ReadLines(file))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} and its rotated files cannot be read: run this as root, or ask for fewer lines");
        }
    }
}
