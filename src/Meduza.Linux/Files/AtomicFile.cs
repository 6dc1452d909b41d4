using Meduza.Linux.Files.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Files;

/// <summary>
/// Files that readers see whole, old or new: the content goes to a new file in the same folder, which then takes the
/// name (rename(2)). Mode and owner are set before the content is, so that a secret is never open to others, and
/// when anything fails nothing is left behind. A symbolic link at the path is replaced, not followed.
/// </summary>
/// <remarks>
/// A file that is itself a mount point, as <c>/etc/resolv.conf</c> in a container, cannot be renamed over (EBUSY), and
/// its folder may be read-only: it is written in place, the one case in which a reader may see a part.
/// </remarks>
public static unsafe class AtomicFile
{
    /// <summary>How the name of a file ends that is still being written; before it come the file's own name and a GUID.</summary>
    private const string Unfinished = ".new";

    /// <summary>Writes the file, whatever lies there now.</summary>
    /// <param name="path">Its folder must exist.</param>
    /// <param name="content">All of it.</param>
    /// <param name="mode">Permission bits, whatever the umask.</param>
    /// <param name="uid">Owner.</param>
    /// <param name="gid">Group.</param>
    /// <param name="sync">True where it must outlive a power cut: fsync(2) of the file and of its folder.</param>
    /// <exception cref="LinuxException">It cannot be written; the old file, if any, is as it was.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode, uint uid, uint gid, bool sync = false)
    {
        var temporary = Temporary(path);
        try
        {
            using (var file = Descriptor.Open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0x180 /* 0600 */))
                Fill(file, temporary, content, mode, uid, gid, sync);
            Rename(temporary, path);
        }
        catch (LinuxException e)
        {
            Unlink(temporary);
            var mayBeMounted = e.Errno == EBUSY || e.Errno == EROFS;
            // By the name that it was to have: the other one is new each time, so who tells of a failure once would tell it for ever.
            if (!mayBeMounted || FileStatus.Of(path) is null)
                throw new LinuxException(e.Call, path, e.Errno);
            WriteInPlace(path, content, mode, uid, gid, sync);
            return;
        }
        if (sync)
            Sync(FolderOf(path));
    }

    /// <summary>Writes the file unless it is there with that content, mode and owner.</summary>
    /// <returns>True when it was written; false when nothing was touched.</returns>
    /// <inheritdoc cref="Write"/>
    public static bool WriteIfDifferent(
        string path, ReadOnlySpan<byte> content, UnixFileMode mode, uint uid, uint gid, bool sync = false)
    {
        if (Is(path, content, mode, uid, gid))
            return false;
        Write(path, content, mode, uid, gid, sync);
        return true;
    }

    /// <summary>Makes a symbolic link, in place of the file or link that lies there now.</summary>
    /// <param name="path">Its folder must exist.</param>
    /// <param name="target">What it leads to, as it is written into it; nothing need lie there.</param>
    /// <exception cref="LinuxException">It cannot be made; what was there is as it was.</exception>
    public static void Link(string path, string target)
    {
        var temporary = Temporary(path);
        fixed (byte* name = NativeText.Terminated(temporary), to = NativeText.Terminated(target))
        {
            if (symlink(to, name) < 0)
                throw LinuxException.Last("symlink", path);
        }
        try
        {
            Rename(temporary, path);
        }
        catch (LinuxException)
        {
            Unlink(temporary);
            throw;
        }
    }

    /// <summary>Gives a file that is there another name beside its own (link(2)); both are one file until one of them is written anew.</summary>
    /// <param name="path">A name that is free, in the same file system.</param>
    /// <param name="existing">The file.</param>
    /// <param name="sync">True where the name must outlive a power cut: fsync(2) of its folder.</param>
    /// <exception cref="LinuxException">It cannot be given: also where the file system knows no second names (<c>EPERM</c>).</exception>
    public static void Name(string path, string existing, bool sync = false)
    {
        fixed (byte* from = NativeText.Terminated(existing), to = NativeText.Terminated(path))
        {
            if (link(from, to) < 0)
                throw LinuxException.Last("link", path);
        }
        if (sync)
            Sync(FolderOf(path));
    }

    /// <summary>
    /// Deletes the files that a process which was killed had not finished. For a folder in which no other process writes in
    /// this way: what that is just writing looks the same.
    /// </summary>
    /// <param name="folder">One that is not there has none.</param>
    /// <param name="name">The file that they were to become; by default any.</param>
    /// <exception cref="IOException">It cannot be read, or one cannot be deleted.</exception>
    public static void RemoveUnfinished(string folder, string name = "*")
    {
        if (!Directory.Exists(folder))
            return;
        foreach (var file in Directory.EnumerateFiles(folder, $".{name}.*{Unfinished}"))
        {
            if (IsUnfinished(Path.GetFileName(file.AsSpan())))
                File.Delete(file);
        }
    }

    /// <summary>True for the name of a file that is being written, or that a process which was killed had not finished.</summary>
    public static bool IsUnfinished(ReadOnlySpan<char> name)
    {
        if (!name.StartsWith('.') || !name.EndsWith(Unfinished))
            return false;
        name = name[..^Unfinished.Length];
        return Guid.TryParseExact(name[(name.LastIndexOf('.') + 1)..], "N", out _);
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";

    private static string Temporary(string path) => Path.Join(FolderOf(path), $".{Path.GetFileName(path)}.{Guid.NewGuid():N}{Unfinished}");

    /// <summary>True when that very file is there.</summary>
    /// <exception cref="LinuxException">It is there and cannot be read.</exception>
    private static bool Is(string path, ReadOnlySpan<byte> content, UnixFileMode mode, uint uid, uint gid)
    {
        var wanted = new FileStatus(FileKind.Regular, mode, uid, gid, (ulong)content.Length);
        if (FileStatus.Of(path) != wanted)
            return false;
        // Not blocking: it may have become a pipe in between.
        using var file = Descriptor.Open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        return FileStatus.Of(file, path) == wanted && DescriptorIO.Holds(file, content, path);
    }

    private static void WriteInPlace(string path, ReadOnlySpan<byte> content, UnixFileMode mode, uint uid, uint gid, bool sync)
    {
        using var file = Descriptor.Open(path, O_WRONLY | O_NOFOLLOW);
        Fill(file, path, content, mode, uid, gid, sync);
        // Cut at the end, not emptied at the start: a reader may see a mixture, but never nothing.
        if (ftruncate(file.Number, content.Length) < 0)
            throw LinuxException.Last("ftruncate", path);
    }

    private static void Fill(
        Descriptor file, string path, ReadOnlySpan<byte> content, UnixFileMode mode, uint uid, uint gid, bool sync)
    {
        // The owner first: changing it clears bits of the mode.
        if (fchown(file.Number, uid, gid) < 0)
            throw LinuxException.Last("fchown", path);
        if (fchmod(file.Number, (mode_t)(uint)mode) < 0)
            throw LinuxException.Last("fchmod", path);
        DescriptorIO.Write(file, content, path);
        if (sync && fsync(file.Number) < 0)
            throw LinuxException.Last("fsync", path);
    }

    private static void Rename(string from, string to)
    {
        fixed (byte* old = NativeText.Terminated(from), name = NativeText.Terminated(to))
        {
            if (StdioHeader.rename(old, name) < 0)
                throw LinuxException.Last("rename", to);
        }
    }

    // On the way out of a failure, which is told; that there may be nothing to remove is no other one.
    private static void Unlink(string path)
    {
        fixed (byte* name = NativeText.Terminated(path))
            _ = unlink(name);
    }

    private static void Sync(string folder)
    {
        using var descriptor = Descriptor.Open(folder, O_RDONLY | O_DIRECTORY);
        if (fsync(descriptor.Number) < 0)
            throw LinuxException.Last("fsync", folder);
    }
}
