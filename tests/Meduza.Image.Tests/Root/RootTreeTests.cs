using Meduza.Image.Packages;
using Meduza.Image.Root;

namespace Meduza.Image.Tests.Root;

public class RootTreeTests
{
    private static readonly Origin Somebody = new(Layer.Meduza, "test");

    [Theory]
    [InlineData("usr/lib64/ld.so", "../lib/x/ld.so", "usr/lib/x/ld.so")]
    [InlineData("usr/lib/x/a.so", "a.so.1", "usr/lib/x/a.so.1")]
    [InlineData("usr/lib/x/a.so", "/lib/x/a.so.1", "usr/lib/x/a.so.1")]
    [InlineData("etc/a", "./b", "etc/b")]
    public void A_link_means_a_path(string link, string target, string path) => Assert.Equal(path, RootTree.Resolve(link, target));

    [Fact]
    public void Older_paths_are_where_they_really_lie()
    {
        var tree = new RootTree();
        tree.AddText("sbin/program", "x", Somebody);
        Assert.Equal(["usr", "usr/sbin", "usr/sbin/program"], tree.Entries.Select(entry => entry.Path));
        Assert.NotNull(tree.Find("sbin/program"));
    }

    [Fact]
    public void Two_parts_cannot_have_one_path()
    {
        var tree = new RootTree();
        tree.AddText("etc/passwd", "x", Somebody);
        var e = Assert.Throws<ImageException>(() => tree.AddText("etc/passwd", "y", Somebody));
        Assert.Contains("etc/passwd", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_right_but_to_read_and_to_execute_is_taken_from_a_package()
    {
        using var shop = new Workshop();
        shop.Package("package", ("usr/bin/ping", [1]), ("usr/share/text", [1]));
        File.SetUnixFileMode(shop.At("packages/package/usr/bin/ping"), UnixFileMode.SetUser | UnixFileMode.SetGroup | (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(shop.At("packages/package/usr/share/text"), (UnixFileMode)0b110_110_110);
        var package = new PackageSet(shop.At("packages"))["package"];
        var tree = new RootTree();
        tree.AddPackaged(package, "usr/bin/ping", Layer.Daemons, "test");
        tree.AddPackaged(package, "usr/share/text", Layer.Daemons, "test");
        Assert.Equal((UnixFileMode)0b111_101_101, tree.Find("usr/bin/ping")!.Mode);
        Assert.Equal((UnixFileMode)0b110_100_100, tree.Find("usr/share/text")!.Mode);
    }

    [Fact]
    public void A_file_that_the_package_no_longer_has_is_named()
    {
        using var shop = new Workshop();
        shop.Package("package", ("usr/bin/new-name", [1]));
        var package = new PackageSet(shop.At("packages"))["package"];
        var e = Assert.Throws<ImageException>(() => new RootTree().AddPackaged(package, "usr/bin/old-name", Layer.Daemons, "test"));
        Assert.Contains("package 1.0-1 has no usr/bin/old-name", e.Message, StringComparison.Ordinal);
    }
}
