using System.Buffers.Binary;
using System.Text;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Files;

/// <summary>What file system a disk or a partition has, as far as is told apart here.</summary>
/// <param name="Path">Of the device.</param>
/// <param name="Type"><c>squashfs</c>, <c>ext4</c> (or an older one of its kind), or empty.</param>
/// <param name="Label">Of an ext4; empty for none.</param>
public sealed record BlockDevice(string Path, string Type, string Label);

/// <summary>The disks of this machine and their partitions.</summary>
public static class BlockDevices
{
    // Its superblock is at 1024; in it the magic number is at 56, and a label of 16 bytes at 120 (Documentation/filesystems/ext4/super.rst).
    private const int ExtStart = 1024, ExtMagic = ExtStart + 56, ExtLabel = ExtStart + 120, LabelLength = 16, Enough = ExtLabel + LabelLength;

    /// <summary>All that can be read, sorted by name.</summary>
    /// <param name="list">The folder in sysfs that has one entry each.</param>
    /// <param name="nodes">Where their nodes are.</param>
    public static IEnumerable<BlockDevice> Read(string list = "/sys/class/block", string nodes = "/dev")
    {
        if (!Directory.Exists(list))
            yield break;
        foreach (var entry in Directory.GetFileSystemEntries(list).Order(StringComparer.Ordinal))
        {
            if (TryRead($"{nodes}/{Path.GetFileName(entry)}") is { } device)
                yield return device;
        }
    }

    /// <returns>Null for one that cannot be read: a drive without a disk, one that is gone.</returns>
    public static BlockDevice? TryRead(string path)
    {
        Span<byte> start = stackalloc byte[Enough];
        var length = 0;
        try
        {
            using var file = Descriptor.Open(path, O_RDONLY | O_NONBLOCK);
            while (length < start.Length && DescriptorIO.Read(file, start[length..], path) is > 0 and var count)
                length += count;
        }
        catch (LinuxException)
        {
            return null;
        }
        return Of(path, start[..length]);
    }

    internal static BlockDevice Of(string path, ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("hsqs"u8))
            return new(path, "squashfs", "");
        if (start.Length < Enough || BinaryPrimitives.ReadUInt16LittleEndian(start[ExtMagic..]) != 0xEF53)
            return new(path, "", "");
        var label = start.Slice(ExtLabel, LabelLength);
        var end = label.IndexOf((byte)0);
        return new(path, "ext4", Encoding.UTF8.GetString(end < 0 ? label : label[..end]));
    }
}
