using System.Buffers.Binary;
using System.Text;

namespace Meduza.Image.Elf;

/// <summary>
/// What the dynamic loader reads of a 64-bit little-endian ELF file: System V ABI, "Program Header" and "Dynamic Section";
/// elf(5).
/// </summary>
/// <param name="Machine">Of the header: <see cref="X64"/>, <see cref="Arm64"/>.</param>
/// <param name="Interpreter">The loader that a program asks for; null for a library and for a static program.</param>
/// <param name="Needed">Names of libraries, in order.</param>
/// <param name="SearchPath">Folders that the file itself names (RUNPATH, RPATH), as it has them.</param>
public sealed record ElfFile(ushort Machine, string? Interpreter, IReadOnlyList<string> Needed, IReadOnlyList<string> SearchPath)
{
    public const ushort X64 = 62;
    public const ushort Arm64 = 183;

    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const uint Load = 1;
    private const uint Dynamic = 2;
    private const uint InterpreterHeader = 3;

    private const ulong NeededTag = 1;
    private const ulong StringTableTag = 5;
    private const ulong RpathTag = 15;
    private const ulong RunpathTag = 29;

    /// <returns>Null for what is no such file.</returns>
    /// <exception cref="ImageException">It begins as one, and is cut or damaged.</exception>
    public static ElfFile? Read(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> magic = stackalloc byte[4];
        if (file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length || !magic.SequenceEqual("\u007fELF"u8))
            return null;
        file.Position = 0;
        var content = new byte[file.Length];
        file.ReadExactly(content);
        try
        {
            return Parse(content);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw new ImageException($"{path}: a damaged ELF file: fetch its package again", e);
        }
    }

    /// <returns>Null where the content is none.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Something in it points outside of it.</exception>
    /// <exception cref="OverflowException">The same, and further than a file can be.</exception>
    internal static ElfFile? Parse(ReadOnlySpan<byte> content)
    {
        // e_ident: magic, class 2 (64 bits), data 1 (little endian)
        if (content.Length < HeaderSize || !content.StartsWith("\u007fELF\u0002\u0001"u8))
            return null;
        var machine = BinaryPrimitives.ReadUInt16LittleEndian(content[18..]);
        var segments = Segments(content);

        string? interpreter = null;
        var needed = new List<string>();
        var searched = new List<string>();
        foreach (var segment in segments)
        {
            if (segment.Type == InterpreterHeader)
                interpreter = Text(content, segment.Offset);
            if (segment.Type != Dynamic)
                continue;
            var entries = Entries(content.Slice(segment.Offset, segment.Size));
            if (entries.Find(e => e.Tag == StringTableTag) is not { Tag: StringTableTag } strings)
                continue;
            var table = FileOffset(segments, strings.Value);
            foreach (var (tag, value) in entries)
            {
                if (tag == NeededTag)
                    needed.Add(Text(content, table + checked((int)value)));
                else if (tag is RpathTag or RunpathTag)
                    searched.AddRange(Text(content, table + checked((int)value)).Split(':'));
            }
        }
        return new(machine, interpreter, needed, searched);
    }

    private static List<Segment> Segments(ReadOnlySpan<byte> content)
    {
        var at = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(content[32..]));
        var count = BinaryPrimitives.ReadUInt16LittleEndian(content[56..]);
        var segments = new List<Segment>(count);
        for (var i = 0; i < count; i++)
        {
            // type (4) | flags (4) | offset (8) | address (8) | physical address (8) | size in the file (8) | …
            var header = content.Slice(at + i * ProgramHeaderSize, ProgramHeaderSize);
            segments.Add(new(
                BinaryPrimitives.ReadUInt32LittleEndian(header),
                checked((int)BinaryPrimitives.ReadUInt64LittleEndian(header[8..])),
                BinaryPrimitives.ReadUInt64LittleEndian(header[16..]),
                checked((int)BinaryPrimitives.ReadUInt64LittleEndian(header[32..]))));
        }
        return segments;
    }

    private static List<(ulong Tag, ulong Value)> Entries(ReadOnlySpan<byte> section)
    {
        var entries = new List<(ulong, ulong)>();
        for (; section.Length >= 16 && BinaryPrimitives.ReadUInt64LittleEndian(section) is var tag and not 0; section = section[16..])
            entries.Add((tag, BinaryPrimitives.ReadUInt64LittleEndian(section[8..])));
        return entries;
    }

    /// <summary>The dynamic section has addresses of the loaded file; this is where the byte lies in the file.</summary>
    private static int FileOffset(List<Segment> segments, ulong address)
    {
        foreach (var segment in segments)
        {
            if (segment.Type == Load && address >= segment.Address && address < segment.Address + (ulong)segment.Size)
                return segment.Offset + (int)(address - segment.Address);
        }
        throw new ArgumentOutOfRangeException(nameof(address), address, "it is in no segment of the file");
    }

    private static string Text(ReadOnlySpan<byte> content, int at)
    {
        var rest = content[at..];
        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)0)]);
    }

    private sealed record Segment(uint Type, int Offset, ulong Address, int Size);
}
