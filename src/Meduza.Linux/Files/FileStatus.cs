using System.Runtime.InteropServices;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Files;

/// <summary>What lies at a path, as far as is told apart here.</summary>
public enum FileKind
{
    Other,
    Regular,
    Folder,
    Link,
}

/// <summary>What statx(2) says about a file.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="Uid">Owner.</param>
/// <param name="Gid">Group.</param>
/// <param name="Length">In bytes.</param>
public readonly record struct FileStatus(FileKind Kind, UnixFileMode Mode, uint Uid, uint Gid, ulong Length)
{
    private const int PermissionBits = 0xFFF;

    /// <summary>The status of what lies at a path, a symbolic link not followed; null where nothing is.</summary>
    /// <exception cref="LinuxException">It cannot be looked at.</exception>
    public static unsafe FileStatus? Of(string path)
    {
        statx status;
        fixed (byte* name = NativeText.Terminated(path))
        {
            if (statx(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &status) == 0)
                return From(status);
        }
        return Marshal.GetLastPInvokeError() is var error && (error == ENOENT || error == ENOTDIR)
            ? null
            : throw LinuxException.Last("statx", path);
    }

    /// <summary>The status of an open file.</summary>
    /// <exception cref="LinuxException">It cannot be looked at.</exception>
    public static unsafe FileStatus Of(Descriptor descriptor, string path)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        statx status;
        var empty = (byte)0;
        return statx(descriptor.Number, &empty, AT_EMPTY_PATH, STATX_BASIC_STATS, &status) == 0
            ? From(status)
            : throw LinuxException.Last("statx", path);
    }

    private static FileStatus From(in statx status)
    {
        int mode = status.stx_mode;
        var type = mode & (int)S_IFMT;
        var kind = type == (int)S_IFREG ? FileKind.Regular
            : type == (int)S_IFDIR ? FileKind.Folder
            : type == (int)S_IFLNK ? FileKind.Link
            : FileKind.Other;
        return new(kind, (UnixFileMode)(mode & PermissionBits), status.stx_uid, status.stx_gid, status.stx_size);
    }
}
