using System.Buffers.Binary;
using System.Text;

namespace Meduza.Image.Tests.Elf;

/// <summary>The smallest ELF file with a dynamic section: header, one loaded segment that is the whole file, the section, its strings.</summary>
internal static class ElfBytes
{
    private const int Address = 0x10000;
    private const int DynamicOffset = 64 + 2 * 56;

    public static byte[] Library(ushort machine, IReadOnlyList<string> needed, string? runpath = null)
    {
        var strings = new StringBuilder("\0");
        var entries = new List<(ulong Tag, ulong Value)>();
        foreach (var (tag, text) in needed.Select(name => (1UL, name)).Concat(runpath is null ? [] : [(29UL, runpath)]))
        {
            entries.Add((tag, (ulong)strings.Length));
            strings.Append(text).Append('\0');
        }
        var dynamicSize = (entries.Count + 2) * 16;
        entries.Add((5, (ulong)(Address + DynamicOffset + dynamicSize)));
        entries.Add((0, 0));

        var file = new byte[DynamicOffset + dynamicSize + strings.Length];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(file);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(16), 3);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(18), machine);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(56), 2);
        Segment(file.AsSpan(64), 1, 0, (ulong)file.Length);
        Segment(file.AsSpan(64 + 56), 2, DynamicOffset, (ulong)dynamicSize);
        for (var i = 0; i < entries.Count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(DynamicOffset + i * 16), entries[i].Tag);
            BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(DynamicOffset + i * 16 + 8), entries[i].Value);
        }
        Encoding.ASCII.GetBytes(strings.ToString()).CopyTo(file, DynamicOffset + dynamicSize);
        return file;
    }

    private static void Segment(Span<byte> header, uint type, ulong offset, ulong size)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, type);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], Address + offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], size);
    }
}
