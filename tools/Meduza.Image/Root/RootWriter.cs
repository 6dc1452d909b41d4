namespace Meduza.Image.Root;

/// <summary>Writes the root as a folder, to look at it, to run it and to make other things of it.</summary>
public static class RootWriter
{
    /// <param name="folder">Made anew.</param>
    /// <param name="time">The time of every file.</param>
    public static void Write(RootTree tree, string folder, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(tree);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder, Modes.Folder);
        foreach (var entry in tree.Entries)
            Write(entry, Path.Combine(folder, entry.Path), time);
        // A folder's time is that of its last change, so all of them come last.
        foreach (var entry in tree.Entries.OfType<FolderEntry>())
            Directory.SetLastWriteTimeUtc(Path.Combine(folder, entry.Path), time.UtcDateTime);
        Directory.SetLastWriteTimeUtc(folder, time.UtcDateTime);
    }

    private static void Write(Entry entry, string place, DateTimeOffset time)
    {
        switch (entry)
        {
            case FolderEntry:
                Directory.CreateDirectory(place);
                File.SetUnixFileMode(place, entry.Mode); // past the umask
                break;
            case LinkEntry link:
                File.CreateSymbolicLink(place, link.Target);
                break;
            case FileEntry file:
                using (var content = file.Open())
                using (var output = File.Create(place))
                    content.CopyTo(output);
                File.SetUnixFileMode(place, file.Mode);
                File.SetLastWriteTimeUtc(place, time.UtcDateTime);
                break;
            default:
                throw new InvalidOperationException($"{entry.Path}: a kind of entry that nobody writes");
        }
    }
}
