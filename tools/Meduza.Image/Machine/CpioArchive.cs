using System.Globalization;
using System.Text;
using Meduza.Image.Root;

namespace Meduza.Image.Machine;

/// <summary>
/// The archive that a kernel unpacks as its first file system: cpio in its "new ASCII" format
/// (Documentation/driver-api/early-userspace/buffer-format.rst of the kernel).
/// </summary>
public static class CpioArchive
{
    private const string Magic = "070701";
    private const string Trailer = "TRAILER!!!";
    private const int Folder = 0x4000, File = 0x8000, Link = 0xa000;
    private const int Alignment = 4;

    /// <param name="time">The time of every file.</param>
    public static void Write(RootTree tree, Stream output, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(output);
        var inode = 0;
        foreach (var entry in tree.Entries)
        {
            using var content = entry switch
            {
                FileEntry file => file.Open(),
                LinkEntry link => new MemoryStream(Encoding.UTF8.GetBytes(link.Target)),
                _ => Stream.Null,
            };
            var kind = entry is FolderEntry ? Folder : entry is LinkEntry ? Link : File;
            Add(output, entry.Path, ++inode, kind | (int)entry.Mode, time.ToUnixTimeSeconds(), content);
        }
        Add(output, Trailer, 0, 0, 0, Stream.Null);
    }

    // "070701" | 13 numbers of 8 hexadecimal digits: inode, mode, owner, group, links, time, size, device 2, special device 2,
    // length of the name with its NUL, checksum | name, NUL, padding to 4 | content, padding to 4
    private static void Add(Stream output, string name, int inode, int mode, long time, Stream content)
    {
        long[] numbers = [inode, mode, 0, 0, 1, time, content.Length, 0, 0, 0, 0, Encoding.UTF8.GetByteCount(name) + 1, 0];
        output.Write(Encoding.UTF8.GetBytes(
            Magic + string.Concat(numbers.Select(number => number.ToString("x8", CultureInfo.InvariantCulture))) + name + "\0"));
        Pad(output);
        content.CopyTo(output);
        Pad(output);
    }

    private static void Pad(Stream output)
    {
        while (output.Position % Alignment != 0)
            output.WriteByte(0);
    }
}
