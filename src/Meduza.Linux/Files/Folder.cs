using System.Runtime.InteropServices;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Files;

/// <summary>Folders that must be there.</summary>
public static unsafe class Folder
{
    private const UnixFileMode ParentMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Makes a folder, with those above it (0755, owned by whoever runs this), or corrects the mode and owner that it has.</summary>
    /// <param name="path">Absolute; links on the way are followed.</param>
    /// <param name="mode">Permission bits, whatever the umask.</param>
    /// <param name="uid">Owner.</param>
    /// <param name="gid">Group.</param>
    /// <returns>False when it was there and right.</returns>
    /// <exception cref="LinuxException">It cannot be made; <c>ENOTDIR</c>: something else lies there.</exception>
    public static bool Ensure(string path, UnixFileMode mode, uint uid, uint gid)
    {
        var made = Make(path, mode);
        using var folder = Descriptor.Open(path, O_RDONLY | O_DIRECTORY);
        var status = FileStatus.Of(folder, path);
        // The owner first: changing it clears bits of the mode.
        if ((status.Uid != uid || status.Gid != gid) && fchown(folder.Number, uid, gid) < 0)
            throw LinuxException.Last("fchown", path);
        var right = status.Uid == uid && status.Gid == gid && status.Mode == mode;
        if (!right && fchmod(folder.Number, (mode_t)(uint)mode) < 0)
            throw LinuxException.Last("fchmod", path);
        return made || !right;
    }

    /// <summary>Makes a folder, with those above it, unless something is there.</summary>
    /// <returns>True when it was made.</returns>
    /// <exception cref="LinuxException">It cannot be made.</exception>
    internal static bool Make(string path, UnixFileMode mode = ParentMode)
    {
        fixed (byte* name = NativeText.Terminated(path))
        {
            if (mkdir(name, (mode_t)(uint)mode) == 0)
                return true;
            var error = Marshal.GetLastPInvokeError();
            if (error == EEXIST)
                return false;
            if (error != ENOENT || Path.GetDirectoryName(path) is not { Length: > 0 } parent || parent == path)
                throw new LinuxException("mkdir", path, error);
            Make(parent);
            if (mkdir(name, (mode_t)(uint)mode) == 0)
                return true;
            throw LinuxException.Last("mkdir", path);
        }
    }
}
