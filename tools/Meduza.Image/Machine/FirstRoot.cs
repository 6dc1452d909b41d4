using Meduza.Image.Elf;
using Meduza.Image.Root;

namespace Meduza.Image.Machine;

/// <summary>
/// The first file system of a machine: meduza-init, the libraries that it names, and what finds and mounts a disk. It is
/// taken out of the root, so the two have the same binary.
/// </summary>
public static class FirstRoot
{
    /// <summary>By this file a program knows that it is in such a file system (systemd, os-release(5)).</summary>
    public const string Mark = "etc/initrd-release";

    private const string Init = "usr/sbin/meduza-init";

    public static RootTree Of(RootTree root, Kernel kernel, Architecture architecture)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(architecture);
        var tree = new RootTree();
        foreach (var link in (string[])["bin", "sbin", "lib", "lib64"])
            Take(root, tree, link);
        foreach (var folder in (string[])["dev", "proc", "sys", "run", "root"])
            tree.AddFolder(folder, Origin.Own);
        Take(root, tree, "init");
        TakeProgram(root, tree, Init, architecture);
        tree.AddText(Mark, "NAME=Meduza\n", Origin.Own);
        ModuleFolder.Add(tree, kernel, WantedModules.FileSystems, WantedModules.DiskDrivers);
        return tree;
    }

    private static void TakeProgram(RootTree root, RootTree tree, string path, Architecture architecture)
    {
        if (tree.Find(path) is not null || !Take(root, tree, path))
            return;
        var entry = root.Find(path)!;
        if (entry is LinkEntry link)
        {
            TakeProgram(root, tree, RootTree.Resolve(link.Path, link.Target), architecture);
            return;
        }
        if (ElfFile.Read(((FileEntry)entry).Source!) is not { } elf)
            return;
        if (elf.Interpreter is { } loader)
            TakeProgram(root, tree, RootTree.Settled(loader[1..]), architecture);
        foreach (var name in elf.Needed)
        {
            foreach (var folder in LibraryClosure.Folders(elf, path, architecture))
                TakeProgram(root, tree, $"{folder}/{name}", architecture);
        }
    }

    private static bool Take(RootTree root, RootTree tree, string path)
    {
        switch (root.Find(path))
        {
            case LinkEntry link:
                tree.AddLink(link.Path, link.Target, link.Origin);
                return true;
            case FileEntry { Source: { } source } file:
                tree.AddFile(file.Path, source, file.Origin, file.Mode);
                return true;
            default:
                return false;
        }
    }
}
