using System.Runtime.InteropServices;
using System.Text;
using Meduza.Linux.Files.Native;
using Meduza.Linux.Process;
using static Meduza.Linux.Files.Native.Inotify;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Files;

/// <summary>Something that happened in a folder.</summary>
/// <param name="Folder">Which, as it was named; null where some was missed, so that anything may have happened anywhere.</param>
/// <param name="Name">The file in it; null for the folder itself, which went or became another: it is watched no longer.</param>
public readonly record struct FolderEvent(string? Folder, string? Name);

/// <summary>
/// Tells what is done to the files of some folders, not to those of folders within them (inotify(7)): content, mode, owner, and
/// that one comes or goes. Any thread may add and remove; one reads.
/// </summary>
public sealed unsafe class FolderWatch : IDisposable
{
    private const uint Mask = IN_MODIFY | IN_ATTRIB | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, string> _folders = [];
    private readonly Descriptor _events;
    private readonly (Descriptor Read, Descriptor Write) _end;

    private FolderWatch(Descriptor events, (Descriptor, Descriptor) end) => (_events, _end) = (events, end);

    /// <exception cref="LinuxException">There are too many already (<c>fs.inotify.max_user_instances</c>), or no descriptors.</exception>
    public static FolderWatch Open() =>
        new(Descriptor.FromCall(InotifyHeader.inotify_init1(IN_CLOEXEC), "inotify_init1", ""), Descriptor.Pipe());

    /// <summary>Begins to watch a folder, if it is there. Watching twice is watching.</summary>
    /// <returns>False where no folder is.</returns>
    /// <exception cref="LinuxException">It cannot be watched: there are too many (<c>fs.inotify.max_user_watches</c>).</exception>
    public bool Add(string folder)
    {
        lock (_lock)
        {
            int watch;
            fixed (byte* path = NativeText.Terminated(folder))
                watch = InotifyHeader.inotify_add_watch(_events.Number, path, Mask);
            if (watch < 0)
                return Marshal.GetLastPInvokeError() is var error && (error == ENOENT || error == ENOTDIR) ? false : throw LinuxException.Last("inotify_add_watch", folder);
            _folders[watch] = folder;
            return true;
        }
    }

    /// <summary>Watches a folder no longer. What had happened may still be told.</summary>
    public void Remove(string folder)
    {
        lock (_lock)
        {
            // One that went took its watch with it.
            foreach (var watch in _folders.Where(pair => pair.Value == folder).Select(pair => pair.Key).ToList())
            {
                _folders.Remove(watch);
                _ = InotifyHeader.inotify_rm_watch(_events.Number, watch);
            }
        }
    }

    /// <summary>Waits for events and tells of each.</summary>
    /// <returns>False once it was ended.</returns>
    /// <exception cref="LinuxException">They cannot be read.</exception>
    public bool Read(Action<FolderEvent> tell)
    {
        ArgumentNullException.ThrowIfNull(tell);
        Polling.Wait([new() { fd = _events.Number, events = POLLIN }, new() { fd = _end.Read.Number, events = POLLIN }], Timeout.Infinite);
        if (Polling.WaitReadable(_end.Read, 0))
            return false;
        Span<byte> buffer = stackalloc byte[16 * 1024];
        var length = DescriptorIO.Read(_events, buffer, "inotify");
        for (var rest = buffer[..length]; !rest.IsEmpty;)
        {
            var front = MemoryMarshal.Read<inotify_event>(rest);
            var name = rest.Slice(sizeof(inotify_event), (int)front.len);
            if (EventOf(front, name) is { } happened)
                tell(happened);
            rest = rest[(sizeof(inotify_event) + name.Length)..];
        }
        return true;
    }

    /// <summary>Lets who reads go.</summary>
    public void End() => DescriptorIO.Write(_end.Write, [0], "pipe");

    public void Dispose()
    {
        _events.Dispose();
        _end.Read.Dispose();
        _end.Write.Dispose();
    }

    private FolderEvent? EventOf(in inotify_event front, ReadOnlySpan<byte> name)
    {
        if ((front.mask & IN_Q_OVERFLOW) != 0)
            return new(null, null);
        lock (_lock)
        {
            if (!_folders.TryGetValue(front.wd, out var folder))
                return null;
            if ((front.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) != 0)
            {
                // The watch of one that was moved goes on, at a place that nobody asked about.
                _folders.Remove(front.wd);
                if ((front.mask & IN_MOVE_SELF) != 0)
                    _ = InotifyHeader.inotify_rm_watch(_events.Number, front.wd);
                return new(folder, null);
            }
            // The folder's own mode or owner.
            return front.len == 0 ? new(folder, "") : new(folder, Encoding.UTF8.GetString(name.TrimEnd((byte)0)));
        }
    }
}
