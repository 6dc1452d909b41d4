using System.Buffers.Text;
using Meduza.Linux.Files;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>
/// The pages of this process's program and libraries. A start touches far more of them than the rest of a long life
/// does, and mapped pages count as memory of the process until the machine is short of it.
/// </summary>
public static unsafe class ProgramPages
{
    private const string Smaps = "/proc/self/smaps";

    /// <summary>Many times the mappings of a program with its libraries; what is beyond keeps its pages.</summary>
    private const int MostMappings = 256;

    /// <summary>
    /// Unmaps the pages of all mapped files (madvise(2), MADV_DONTNEED). They stay in the page cache, and one that is
    /// touched again is mapped again.
    /// </summary>
    /// <remarks>
    /// A mapping that holds a page of its own, changed from what the file has, is left alone: that page would be lost.
    /// It need not be writable: what the linker relocates (RELRO) is read-only by the time that this runs. Nothing is
    /// allocated: garbage of the reading, 0.5 MB of it, would stay until the next collection.
    /// </remarks>
    /// <exception cref="LinuxException">The mappings cannot be read.</exception>
    public static void Release()
    {
        Span<(nuint Start, nuint End)> mappings = stackalloc (nuint, nuint)[MostMappings];
        // All is read first: what reads and parses would map its own pages again behind each unmapping.
        using (var smaps = Descriptor.Open(Smaps, O_RDONLY))
            mappings = mappings[..Unchanged(smaps, Smaps, mappings)];
        foreach (var (start, end) in mappings)
            _ = madvise((void*)start, (size_t)(end - start), MADV_DONTNEED);
    }

    /// <summary>Finds the mappings of files, not writable, that hold no page of their own.</summary>
    /// <param name="smaps">Text as /proc/PID/smaps has it (proc_pid_smaps(5)).</param>
    /// <param name="path">What it is called in an error.</param>
    /// <param name="found">Where they are put.</param>
    /// <returns>How many there are.</returns>
    /// <exception cref="LinuxException">It cannot be read.</exception>
    internal static int Unchanged(Descriptor smaps, string path, Span<(nuint Start, nuint End)> found)
    {
        Span<byte> buffer = stackalloc byte[8192];
        (nuint Start, nuint End) mapping = default;
        var (kept, count) = (0, 0);
        while (count < found.Length && DescriptorIO.Read(smaps, buffer[kept..], path) is > 0 and var length)
        {
            var rest = buffer[..(kept + length)];
            for (int end; count < found.Length && (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
            {
                if (IsUnchanged(rest[..end], ref mapping))
                    found[count++] = mapping;
            }
            // Longer than any line of the kernel's.
            if (rest.Length == buffer.Length)
                return count;
            rest.CopyTo(buffer);
            kept = rest.Length;
        }
        return count;
    }

    /// <summary>
    /// A mapping is a line <c>start-end perms offset device inode path</c>, and then one <c>Name: number kB</c> a line.
    /// </summary>
    /// <returns>True on the line that says of <paramref name="mapping"/>, the last one seen, that it is one of them.</returns>
    private static bool IsUnchanged(ReadOnlySpan<byte> line, ref (nuint Start, nuint End) mapping)
    {
        var rest = line;
        var first = Field(ref rest);
        if (first.EndsWith(":"u8))
            return mapping.End > mapping.Start && first.SequenceEqual("Anonymous:"u8) && Field(ref rest).SequenceEqual("0"u8);

        mapping = default;
        var isWritable = Field(ref rest).Contains((byte)'w');
        for (var i = 0; i < 3; i++)
            Field(ref rest);
        if (!isWritable && Field(ref rest).StartsWith("/"u8) && first.IndexOf((byte)'-') is > 0 and var dash)
            mapping = (Number(first[..dash]), Number(first[(dash + 1)..]));
        return false;
    }

    private static ReadOnlySpan<byte> Field(ref ReadOnlySpan<byte> line)
    {
        line = line.TrimStart((byte)' ');
        var length = line.IndexOf((byte)' ') is >= 0 and var space ? space : line.Length;
        var field = line[..length];
        line = line[length..];
        return field;
    }

    private static nuint Number(ReadOnlySpan<byte> hexadecimal) =>
        Utf8Parser.TryParse(hexadecimal, out ulong number, out _, 'x') ? (nuint)number : 0;
}
