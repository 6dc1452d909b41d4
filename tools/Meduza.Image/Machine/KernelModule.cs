using System.Buffers.Binary;
using System.Text;

namespace Meduza.Image.Machine;

/// <summary>What a module of a kernel says of itself, in the section <c>.modinfo</c> of its ELF file: words <c>key=value</c>, each closed by a NUL.</summary>
/// <param name="Name">A dash of the file's name is an underscore in it.</param>
/// <param name="Path">Below the folder of the kernel's modules: <c>kernel/drivers/net/tun.ko</c>.</param>
/// <param name="Source">Where the file lies here.</param>
/// <param name="Needs">Modules that must be there before it.</param>
/// <param name="Wishes">Those that it does better with, or asks for by name later on (<c>softdep=pre: …</c>).</param>
/// <param name="Aliases">Patterns of the devices that it drives, and names that the kernel asks for it by.</param>
public sealed record KernelModule(
    string Name, string Path, string Source, IReadOnlyList<string> Needs, IReadOnlyList<string> Wishes, IReadOnlyList<string> Aliases)
{
    private const string Before = "pre:", After = "post:";

    // Of the header of a 64-bit file: where the table of its sections is, how large and how many its rows are, and which row is that of their names.
    private const int TableOffset = 0x28, RowSize = 0x3a, RowCount = 0x3c, NamesRow = 0x3e;

    /// <param name="source">A file <c>NAME.ko</c>, not compressed.</param>
    /// <param name="path">See <see cref="Path"/>.</param>
    /// <exception cref="ImageException">It is no module.</exception>
    public static KernelModule Read(string source, string path)
    {
        try
        {
            var words = Words(File.ReadAllBytes(source));
            IReadOnlyList<string> Values(string key) => [.. words.Where(word => word.Key == key).Select(word => word.Value)];
            return new(
                NameOf(path), path, source,
                [.. Values("depends").SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries)).Select(Spelled)],
                [.. Values("softdep").SelectMany(Firsts).Select(Spelled)],
                Values("alias"));
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException or IndexOutOfRangeException)
        {
            throw new ImageException($"{source} is no kernel module: fetch its package again", e);
        }
    }

    public static string NameOf(string path) => Spelled(System.IO.Path.GetFileNameWithoutExtension(path));

    private static string Spelled(string name) => name.Replace('-', '_');

    // "pre: a b post: c"
    private static IEnumerable<string> Firsts(string dependency)
    {
        var first = false;
        foreach (var word in dependency.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word is Before or After)
                first = word == Before;
            else if (first)
                yield return word;
        }
    }

    private static List<(string Key, string Value)> Words(ReadOnlySpan<byte> file)
    {
        var rows = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(file[TableOffset..]));
        var size = BinaryPrimitives.ReadUInt16LittleEndian(file[RowSize..]);
        var names = Row(file, rows, size, BinaryPrimitives.ReadUInt16LittleEndian(file[NamesRow..]));
        for (var i = 0; i < BinaryPrimitives.ReadUInt16LittleEndian(file[RowCount..]); i++)
        {
            var row = Row(file, rows, size, i);
            if (Text(file[(names.Offset + row.Name)..]) != ".modinfo")
                continue;
            return
            [
                .. Encoding.UTF8.GetString(file.Slice(row.Offset, row.Size)).Split('\0', StringSplitOptions.RemoveEmptyEntries)
                    .Select(word => (word, At: word.IndexOf('=', StringComparison.Ordinal))).Where(word => word.At > 0)
                    .Select(word => (word.word[..word.At], word.word[(word.At + 1)..])),
            ];
        }
        throw new ArgumentOutOfRangeException(nameof(file), "no section .modinfo");
    }

    // name 4 | type 4 | flags 8 | address 8 | offset 8 | size 8 | …
    private static (int Name, int Offset, int Size) Row(ReadOnlySpan<byte> file, int rows, int size, int index)
    {
        var row = file[(rows + size * index)..];
        return (
            checked((int)BinaryPrimitives.ReadUInt32LittleEndian(row)), checked((int)BinaryPrimitives.ReadUInt64LittleEndian(row[24..])),
            checked((int)BinaryPrimitives.ReadUInt64LittleEndian(row[32..])));
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes[..bytes.IndexOf((byte)0)]);
}
