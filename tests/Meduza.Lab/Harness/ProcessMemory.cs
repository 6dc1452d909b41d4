using System.Globalization;

namespace Meduza.Lab.Harness;

/// <summary>Memory of one process, in KiB, as the kernel counts it.</summary>
public static class ProcessMemory
{
    /// <summary>A field of <c>/proc/PID/status</c>: <c>VmRSS</c>, <c>RssAnon</c>, <c>VmSize</c>.</summary>
    public static long Status(int hostPid, string field) => Field($"/proc/{hostPid}/status", field);

    /// <summary>A field of <c>/proc/PID/smaps_rollup</c>: <c>Rss</c>, <c>Pss</c>, <c>Private_Dirty</c>.</summary>
    public static long Rollup(int hostPid, string field) => Field($"/proc/{hostPid}/smaps_rollup", field);

    private static long Field(string file, string field) => long.Parse(
        File.ReadLines(file).First(l => l.StartsWith(field + ":", StringComparison.Ordinal))
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
