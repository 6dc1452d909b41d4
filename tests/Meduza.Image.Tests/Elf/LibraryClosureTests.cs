using Meduza.Image.Elf;
using Meduza.Image.Packages;
using Meduza.Image.Root;

namespace Meduza.Image.Tests.Elf;

public class LibraryClosureTests
{
    private static readonly Architecture Arch = Architecture.Amd64;

    [Fact]
    public void Libraries_of_libraries_come_with_their_links_and_nothing_else_does()
    {
        using var shop = new Workshop();
        shop.Package("program", ("usr/bin/program", ElfBytes.Library(Arch.Machine, ["liba.so.1"])));
        shop.Package("liba", ($"{Arch.LibraryFolder}/liba.so.1.0.0", ElfBytes.Library(Arch.Machine, ["libb.so.2"])));
        shop.Link($"packages/liba/{Arch.LibraryFolder}/liba.so.1", "liba.so.1.0.0");
        shop.Package("libb", ($"{Arch.LibraryFolder}/libb.so.2", ElfBytes.Library(Arch.Machine, ["liba.so.1"])), ($"{Arch.LibraryFolder}/libunused.so", ElfBytes.Library(Arch.Machine, [])));

        var tree = Closed(shop, "program", "usr/bin/program");

        Assert.Equal(
            [$"{Arch.LibraryFolder}/liba.so.1", $"{Arch.LibraryFolder}/liba.so.1.0.0", $"{Arch.LibraryFolder}/libb.so.2"],
            tree.Entries.Where(entry => entry is not FolderEntry && entry.Origin.Component == "libraries").Select(entry => entry.Path));
        Assert.All(tree.Entries.Where(entry => entry.Origin.Component == "libraries"), entry => Assert.NotNull(entry.Origin.Package));
    }

    [Fact]
    public void A_folder_that_the_file_names_is_searched()
    {
        using var shop = new Workshop();
        shop.Package("program", ("usr/lib/frr/zebra", ElfBytes.Library(Arch.Machine, ["libfrr.so.0"], $"/{Arch.LibraryFolder}/frr")), ($"{Arch.LibraryFolder}/frr/libfrr.so.0", ElfBytes.Library(Arch.Machine, [])));
        Assert.NotNull(Closed(shop, "program", "usr/lib/frr/zebra").Find($"{Arch.LibraryFolder}/frr/libfrr.so.0"));
    }

    [Fact]
    public void A_library_that_no_package_has_is_named_with_who_needs_it()
    {
        using var shop = new Workshop();
        shop.Package("program", ("usr/bin/program", ElfBytes.Library(Arch.Machine, ["libmissing.so.9"])));
        var e = Assert.Throws<ImageException>(() => Closed(shop, "program", "usr/bin/program"));
        Assert.Contains("usr/bin/program needs libmissing.so.9", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_for_another_machine_is_refused()
    {
        using var shop = new Workshop();
        shop.Package("program", ("usr/bin/program", ElfBytes.Library(ElfFile.Arm64, [])));
        var e = Assert.Throws<ImageException>(() => Closed(shop, "program", "usr/bin/program"));
        Assert.Contains("usr/bin/program is a program for another machine", e.Message, StringComparison.Ordinal);
    }

    private static RootTree Closed(Workshop shop, string package, string program)
    {
        var packages = new PackageSet(shop.At("packages"));
        var tree = new RootTree();
        tree.AddPackaged(packages[package], program, Layer.Daemons, package);
        LibraryClosure.Complete(tree, packages, Arch);
        return tree;
    }
}
