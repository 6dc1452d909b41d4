using Meduza.Image.Packages;
using Meduza.Image.Root;

namespace Meduza.Image.Elf;

/// <summary>Adds every library that a program of the root names, and those that they name, until none is missing.</summary>
public static class LibraryClosure
{
    private const string Component = "libraries";

    /// <exception cref="ImageException">A program is of another architecture, or no fetched package has what it needs.</exception>
    public static void Complete(RootTree tree, PackageSet packages, Architecture architecture)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var done = new HashSet<string>();
        while (tree.Files.Where(file => file.Source is not null && done.Add(file.Path)).ToList() is { Count: > 0 } news)
        {
            foreach (var file in news)
            {
                if (ElfFile.Read(file.Source!) is { } elf)
                    Complete(tree, packages, architecture, file.Path, elf);
            }
        }
    }

    private static void Complete(RootTree tree, PackageSet packages, Architecture architecture, string path, ElfFile elf)
    {
        if (elf.Machine != architecture.Machine)
            throw new ImageException($"{path} is a program for another machine (ELF machine {elf.Machine}), and the image is one for {architecture.Name}");
        if (elf.Interpreter is { } loader && tree.Find(loader[1..]) is null)
            Add(tree, packages, path, loader, [RootTree.Settled(loader[1..])]);
        foreach (var name in elf.Needed)
        {
            List<string> candidates = [.. Folders(elf, path, architecture).Select(folder => $"{folder}/{name}")];
            if (!candidates.Exists(candidate => tree.Find(candidate) is not null))
                Add(tree, packages, path, name, candidates);
        }
    }

    /// <summary>Where the loader looks: what the file itself names, then the folder of all (ld.so(8)).</summary>
    public static IEnumerable<string> Folders(ElfFile elf, string path, Architecture architecture) =>
    [
        .. elf.SearchPath.Select(folder => folder.Replace("$ORIGIN", "/" + Path.GetDirectoryName(path), StringComparison.Ordinal)).Select(folder => RootTree.Resolve("", folder)),
        architecture.LibraryFolder,
    ];

    private static void Add(RootTree tree, PackageSet packages, string path, string name, List<string> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (packages.Owner(candidate) is { } package)
            {
                tree.AddPackaged(package, candidate, Layer.Libraries, Component);
                return;
            }
        }
        throw new ImageException($"{path} needs {name}, which no fetched package has: add its package to build/image.sh");
    }
}
