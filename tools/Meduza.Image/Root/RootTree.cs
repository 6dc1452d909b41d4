using System.Text;
using Meduza.Image.Packages;

namespace Meduza.Image.Root;

/// <summary>The root folder of the image while it comes together: each path once, sorted, so that the same parts give the same bytes.</summary>
public sealed class RootTree
{
    /// <summary>Where a distribution of today keeps what older paths name.</summary>
    private static readonly (string Path, string Target)[] OldPaths = [("bin", "usr/bin"), ("sbin", "usr/sbin"), ("lib", "usr/lib"), ("lib64", "usr/lib64")];

    private readonly SortedDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>All of it, each folder before what lies in it.</summary>
    public IReadOnlyCollection<Entry> Entries => _entries.Values;

    public IEnumerable<FileEntry> Files => _entries.Values.OfType<FileEntry>();

    /// <summary>What lies there; null where nothing does. Links on the way are followed only where they are those of old paths.</summary>
    public Entry? Find(string path) => _entries.GetValueOrDefault(Settled(path));

    public void AddFolder(string path, Origin origin, UnixFileMode mode = Modes.Folder) => Add(new FolderEntry(path, mode, origin));

    public void AddLink(string path, string target, Origin origin) => Add(new LinkEntry(path, target, origin));

    public void AddText(string path, string text, Origin origin) => AddBytes(path, Encoding.UTF8.GetBytes(text), origin);

    public void AddBytes(string path, byte[] content, Origin origin, UnixFileMode mode = Modes.File) => Add(new FileEntry(path, mode, origin, null, content));

    /// <param name="source">Where it lies on this machine.</param>
    public void AddFile(string path, string source, Origin origin, UnixFileMode mode = Modes.File) => Add(new FileEntry(path, mode, origin, source, null));

    /// <summary>Adds a file of a package where the package has it, and, where it is a link, what it points to.</summary>
    /// <exception cref="ImageException">The package has no such file.</exception>
    public void AddPackaged(DebianPackage package, string path, Layer layer, string component)
    {
        var place = new FileInfo(package.Place(path));
        var origin = new Origin(layer, component, package);
        if (place.LinkTarget is { } target)
        {
            if (Find(path) is null)
                AddLink(path, target, origin);
            var pointed = Resolve(path, target);
            if (Find(pointed) is null)
                AddPackaged(package, pointed, layer, component);
            return;
        }
        if (!place.Exists)
            throw new ImageException($"{package.Name} {package.Version} has no {path}: what is taken of it stands in tools/Meduza.Image/Root/Contents.cs");
        // Whoever may execute it there may here; no other right of the package's is kept, that of another user's least of all.
        AddFile(path, place.FullName, origin, (place.UnixFileMode & UnixFileMode.UserExecute) != 0 ? Modes.Program : Modes.File);
    }

    /// <summary>The path that a link means.</summary>
    public static string Resolve(string link, string target)
    {
        var parts = new List<string>();
        var whole = target.StartsWith('/') ? target : $"{Path.GetDirectoryName(link)}/{target}";
        foreach (var part in whole.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
                parts.RemoveAt(parts.Count - 1);
            else if (part != ".")
                parts.Add(part);
        }
        return Settled(string.Join('/', parts));
    }

    /// <summary>Where a path really lies: <c>sbin/x</c> is <c>usr/sbin/x</c>.</summary>
    public static string Settled(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        foreach (var (old, target) in OldPaths)
        {
            if (path.StartsWith(old + "/", StringComparison.Ordinal))
                return target + path[old.Length..];
        }
        return path;
    }

    private void Add(Entry entry)
    {
        var path = Settled(entry.Path);
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder && !_entries.ContainsKey(folder))
            Add(new FolderEntry(folder, Modes.Folder, entry.Origin));
        if (!_entries.TryAdd(path, entry with { Path = path }))
            throw new ImageException($"two parts of the image have {path}: {_entries[path].Origin.Component} and {entry.Origin.Component}");
    }
}
