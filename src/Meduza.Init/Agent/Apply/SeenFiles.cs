using Meduza.Gateway.Plan;
using Meduza.Linux;
using Meduza.Linux.Files;

namespace Meduza.Init.Agent.Apply;

/// <summary>
/// Files as they lie on the disk. What was seen of one holds until the kernel tells that something was done to it: with a
/// thousand members of an overlay there are a thousand files, and a commit changes one of them.
/// </summary>
/// <remarks>
/// The kernel tells of files within a folder, and of that folder; not of those above it. What somebody does by moving one of
/// these is seen at the next full look.
/// </remarks>
/// <param name="watch">Tells of changes; null where nobody does, and each look is one at the disk.</param>
internal sealed class SeenFiles(FolderWatch? watch, Accounts accounts)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Folder> _folders = new(StringComparer.Ordinal);
    private long _turn;
    private bool _isBlind;

    /// <summary>
    /// Another number whenever what was seen of any file counts no more: with the same one, the same looks see the same. Null
    /// where the kernel does not tell of each followed folder.
    /// </summary>
    public long? Turn
    {
        get
        {
            // Not between the number and what it stands for.
            lock (_lock)
                return _isBlind ? null : _turn;
        }
    }

    /// <summary>Remembers from now on what lies in these folders, and nothing else any more.</summary>
    public void Follow(IEnumerable<string> folders)
    {
        lock (_lock)
        {
            var wanted = folders.ToHashSet(StringComparer.Ordinal);
            foreach (var folder in _folders.Keys.Where(folder => !wanted.Contains(folder)).ToList())
                Drop(folder);
            foreach (var folder in wanted.Where(folder => !_folders.ContainsKey(folder)))
            {
                // Before anything in it is looked at: what happens after that look is told.
                if (TryWatch(folder))
                    _folders[folder] = new();
            }
            _isBlind = _folders.Count < wanted.Count;
        }
    }

    /// <summary>A regular file; null where none is.</summary>
    /// <param name="path">Where.</param>
    /// <param name="expected">What it may well hold: then that is kept, and not the same once more.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public ObservedFile? Look(string path, ReadOnlyMemory<byte> expected = default)
    {
        lock (_lock)
        {
            if (!_folders.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(Path.GetDirectoryName(path.AsSpan()), out var folder))
                return Read(path, expected);
            if (!folder.Files.TryGetValue(path, out var file))
            {
                folder.Written.Remove(path);
                folder.Files[path] = file = Read(path, expected);
            }
            return file;
        }
    }

    /// <summary>The paths of all files in a folder, in no order; none where it is not there. They are those of now, until the next call for that folder.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="LinuxException">A file in it cannot be looked at.</exception>
    public IReadOnlyCollection<string> In(string folder)
    {
        lock (_lock)
        {
            return _folders.TryGetValue(folder, out var seen) ? seen.List(folder) : List(folder);
        }
    }

    /// <summary>Something was done there: what was seen of it counts no more.</summary>
    /// <returns>True where that may matter to whoever looked.</returns>
    public bool Forget(FolderEvent happened)
    {
        lock (_lock)
        {
            _turn++;
            if (happened.Folder is null)
            {
                ForgetAll();
                return true;
            }
            if (!_folders.TryGetValue(happened.Folder, out var folder))
                return false;
            if (happened.Name is null)
                return _folders.Remove(happened.Folder);
            var path = Path.Join(happened.Folder, happened.Name);
            // Ours, on its way to its name: that is another event.
            if (AtomicFile.IsUnfinished(happened.Name))
            {
                folder.Unlist(path);
                return false;
            }
            return folder.Unlist(path) | (folder.Files.Remove(path) || folder.Written.Contains(path));
        }
    }

    /// <summary>Something was done to a file by us: what was seen of it counts no more, from now on.</summary>
    public void Forget(string path)
    {
        lock (_lock)
        {
            _turn++;
            if (!_folders.TryGetValue(Path.GetDirectoryName(path)!, out var folder))
                return;
            folder.Files.Remove(path);
            folder.Unlist(path);
            folder.Written.Add(path);
        }
    }

    /// <summary>Everything is to be looked at itself.</summary>
    public void ForgetAll()
    {
        lock (_lock)
        {
            _turn++;
            foreach (var folder in _folders.Keys.ToList())
                Drop(folder);
        }
    }

    private void Drop(string folder)
    {
        _folders.Remove(folder);
        watch?.Remove(folder);
    }

    private bool TryWatch(string folder)
    {
        try
        {
            return watch?.Add(folder) == true;
        }
        catch (LinuxException)
        {
            // The kernel watches no more of them: then it is looked at each time, as without it.
            return false;
        }
    }

    private ObservedFile? Read(string path, ReadOnlyMemory<byte> expected)
    {
        if (FileStatus.Of(path) is not { Kind: FileKind.Regular } status)
            return null;
        ReadOnlyMemory<byte> content = File.ReadAllBytes(path);
        return new(content.Span.SequenceEqual(expected.Span) ? expected : content, status.Mode, accounts.OwnerOf(status));
    }

    private static HashSet<string> List(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder).ToHashSet(StringComparer.Ordinal) : [];

    private sealed class Folder
    {
        private readonly HashSet<string> _unlisted = new(StringComparer.Ordinal);
        private HashSet<string>? _paths;

        /// <summary>Path to file; null where none was.</summary>
        public Dictionary<string, ObservedFile?> Files { get; } = new(StringComparer.Ordinal);

        /// <summary>Those that we wrote since they were looked at: what others do to them matters all the same.</summary>
        public HashSet<string> Written { get; } = new(StringComparer.Ordinal);

        /// <summary>Whether it is there is not known any more.</summary>
        /// <returns>True where somebody was told of all paths, and it is news that this one is uncertain.</returns>
        public bool Unlist(string path) => _paths is not null && _unlisted.Add(path);

        /// <inheritdoc cref="In"/>
        public HashSet<string> List(string folder)
        {
            foreach (var path in _unlisted)
            {
                if (_paths is null)
                    break;
                switch (FileStatus.Of(path)?.Kind)
                {
                    case null or FileKind.Folder:
                        _paths.Remove(path);
                        break;
                    case FileKind.Regular:
                        _paths.Add(path);
                        break;
                    default:
                        // A link is what it leads to.
                        _paths = null;
                        break;
                }
            }
            _unlisted.Clear();
            return _paths ??= SeenFiles.List(folder);
        }
    }
}
