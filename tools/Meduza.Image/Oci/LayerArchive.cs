using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Meduza.Image.Root;

namespace Meduza.Image.Oci;

/// <summary>A layer of the image: a tar archive compressed by gzip, with the same bytes for the same files.</summary>
/// <param name="Layer">Which one.</param>
/// <param name="Compressed">As it lies in the image.</param>
/// <param name="DiffId">Digest of the archive before it was compressed: the layer's name in the image's configuration.</param>
/// <param name="Size">Bytes before it was compressed.</param>
public sealed record LayerArchive(Layer Layer, Blob Compressed, string DiffId, long Size)
{
    private const string MediaType = "application/vnd.oci.image.layer.v1.tar+gzip";

    public static LayerArchive Of(RootTree tree, Layer layer, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(tree);
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var entry in Entries(tree, layer))
                Write(writer, entry, time);
        }
        var whole = tar.ToArray();
        using var compressed = new MemoryStream();
        // The header that .NET writes has no time and no name.
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(whole);
        return new(layer, new(MediaType, compressed.ToArray()), "sha256:" + Convert.ToHexStringLower(SHA256.HashData(whole)), whole.Length);
    }

    /// <summary>What lies in the layer, and the folders on the way to it: a layer must be whole by itself.</summary>
    private static IEnumerable<Entry> Entries(RootTree tree, Layer layer)
    {
        var ways = new HashSet<string>();
        foreach (var entry in tree.Entries.Where(entry => entry.Origin.Layer == layer))
        {
            for (var folder = Path.GetDirectoryName(entry.Path); folder is { Length: > 0 }; folder = Path.GetDirectoryName(folder))
                ways.Add(folder);
        }
        return tree.Entries.Where(entry => entry.Origin.Layer == layer || ways.Contains(entry.Path));
    }

    private static void Write(TarWriter writer, Entry entry, DateTimeOffset time)
    {
        var type = entry switch
        {
            FolderEntry => TarEntryType.Directory,
            LinkEntry => TarEntryType.SymbolicLink,
            _ => TarEntryType.RegularFile,
        };
        var written = new UstarTarEntry(type, entry is FolderEntry ? entry.Path + "/" : entry.Path)
        {
            Mode = entry.Mode,
            ModificationTime = time,
            Uid = 0,
            Gid = 0,
        };
        if (entry is LinkEntry link)
            written.LinkName = link.Target;
        using var content = (entry as FileEntry)?.Open();
        if (content is not null)
            written.DataStream = content;
        writer.WriteEntry(written);
    }
}
