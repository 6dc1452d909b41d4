using System.Buffers.Binary;
using System.Text;

namespace Meduza.Image.Tests.Machine;

/// <summary>The smallest module: a header, a section <c>.modinfo</c>, that of the names of sections, and the table of both.</summary>
internal static class ModuleBytes
{
    private const int Header = 64, Row = 64;
    private const string Names = "\0.modinfo\0.shstrtab\0";

    public static byte[] Of(params IReadOnlyList<string> words)
    {
        var info = Encoding.UTF8.GetBytes(string.Concat(words.Select(word => word + "\0")));
        var (infoAt, namesAt) = (Header, Header + info.Length);
        var tableAt = namesAt + Names.Length;
        var file = new byte[tableAt + 3 * Row];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(file);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(0x28), (ulong)tableAt);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3a), Row);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3c), 3);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x3e), 2);
        info.CopyTo(file, infoAt);
        Encoding.ASCII.GetBytes(Names).CopyTo(file, namesAt);
        Section(file.AsSpan(tableAt + Row), 1, infoAt, info.Length);
        Section(file.AsSpan(tableAt + 2 * Row), 10, namesAt, Names.Length);
        return file;
    }

    private static void Section(Span<byte> row, uint name, int offset, int size)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(row, name);
        BinaryPrimitives.WriteUInt64LittleEndian(row[24..], (ulong)offset);
        BinaryPrimitives.WriteUInt64LittleEndian(row[32..], (ulong)size);
    }
}
