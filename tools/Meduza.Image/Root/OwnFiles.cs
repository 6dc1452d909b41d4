namespace Meduza.Image.Root;

/// <summary>What is ours: the binary under the names that it has, and the files of <c>rootfs/</c> as they lie there.</summary>
public static class OwnFiles
{
    /// <summary>etcd's password may be written into it.</summary>
    private const string Settings = "etc/meduza/env";

    /// <param name="binary">meduza-init, compiled for the architecture.</param>
    /// <param name="folder">The folder <c>rootfs</c> of the repository.</param>
    public static void Add(RootTree tree, string binary, string folder)
    {
        ArgumentNullException.ThrowIfNull(tree);
        if (!File.Exists(binary))
            throw new ImageException($"{binary} is not there: ./build.sh makes it");
        tree.AddFile("usr/sbin/meduza-init", binary, Origin.Own, Modes.Program);
        tree.AddLink("usr/bin/meduza-init", "../sbin/meduza-init", Origin.Own);
        tree.AddLink("usr/bin/meduza", "../sbin/meduza-init", Origin.Own);
        // What a kernel starts from its first file system.
        tree.AddLink("init", "usr/sbin/meduza-init", Origin.Own);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            AddOwn(Path.GetRelativePath(folder, file), file);

        void AddOwn(string path, string source) => tree.AddFile(path, source, Origin.Own, path == Settings ? Modes.Secret : Modes.File);
    }
}
