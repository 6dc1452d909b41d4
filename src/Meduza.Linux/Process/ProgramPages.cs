using System.Globalization;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>
/// The pages of this process's program and libraries. A start touches far more of them than the rest of a long life
/// does, and mapped pages count as memory of the process until the machine is short of it.
/// </summary>
public static unsafe class ProgramPages
{
    /// <summary>
    /// Unmaps the pages of all mapped files (madvise(2), MADV_DONTNEED). They stay in the page cache, and one that is
    /// touched again is mapped again.
    /// </summary>
    /// <remarks>
    /// A mapping that holds a page of its own, changed from what the file has, is left alone: that page would be lost.
    /// It need not be writable: what the linker relocates (RELRO) is read-only by the time that this runs.
    /// </remarks>
    public static void Release()
    {
        // All is read first: what reads and parses would map its own pages again behind each unmapping.
        var mappings = Unchanged(File.ReadLines("/proc/self/smaps")).ToArray();
        foreach (var (start, end) in mappings)
            _ = madvise((void*)start, (size_t)(end - start), MADV_DONTNEED);
    }

    /// <summary>The mappings of files, not writable, that hold no page of their own.</summary>
    internal static IEnumerable<(nuint Start, nuint End)> Unchanged(IEnumerable<string> smaps)
    {
        nuint start = 0;
        nuint end = 0;
        foreach (var line in smaps)
        {
            // start-end perms offset device inode path, and then one "Name: number kB" a line
            var fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (!fields[0].EndsWith(':'))
            {
                var range = fields[0].Split('-');
                var isFile = fields.Length == 6 && fields[5].StartsWith('/') && !fields[1].Contains('w', StringComparison.Ordinal);
                start = isFile ? Number(range[0]) : 0;
                end = isFile ? Number(range[1]) : 0;
            }
            else if (fields[0] == "Anonymous:" && fields[1] == "0" && end > start)
            {
                yield return (start, end);
            }
        }
    }

    private static nuint Number(string hexadecimal) =>
        nuint.Parse(hexadecimal, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
