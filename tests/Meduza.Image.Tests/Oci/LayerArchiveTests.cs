using System.Formats.Tar;
using System.IO.Compression;
using Meduza.Image.Oci;
using Meduza.Image.Root;

namespace Meduza.Image.Tests.Oci;

public class LayerArchiveTests
{
    [Fact]
    public void A_layer_has_its_files_and_the_folders_on_the_way_owned_by_root_at_one_time()
    {
        var layer = LayerArchive.Of(Tree(["etc/b", "etc/a"]), Layer.Meduza, Workshop.Time);
        using var gzip = new GZipStream(new MemoryStream(layer.Compressed.Content), CompressionMode.Decompress);
        using var reader = new TarReader(gzip);
        var seen = new List<string>();
        while (reader.GetNextEntry() is PosixTarEntry entry)
        {
            seen.Add($"{entry.EntryType} {entry.Name} {entry.LinkName}");
            Assert.Equal((0, 0, "", "", Workshop.Time), (entry.Uid, entry.Gid, entry.UserName, entry.GroupName, entry.ModificationTime));
        }
        Assert.Equal(["Directory etc/ ", "RegularFile etc/a ", "RegularFile etc/b ", "SymbolicLink init etc/a"], seen);
    }

    [Fact]
    public void The_order_in_which_files_came_together_changes_no_byte() => Assert.Equal(
        LayerArchive.Of(Tree(["etc/a", "etc/b"]), Layer.Meduza, Workshop.Time).Compressed.Digest,
        LayerArchive.Of(Tree(["etc/b", "etc/a"]), Layer.Meduza, Workshop.Time).Compressed.Digest);

    private static RootTree Tree(string[] files)
    {
        var tree = new RootTree();
        foreach (var file in files)
            tree.AddText(file, file, Origin.Own);
        tree.AddLink("init", "etc/a", Origin.Own);
        tree.AddText("usr/lib/library", "x", new(Layer.Libraries, "test"));
        return tree;
    }
}
