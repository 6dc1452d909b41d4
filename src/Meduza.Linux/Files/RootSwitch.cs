using static Tmds.Linux.LibC;

namespace Meduza.Linux.Files;

/// <summary>Leaves the kernel's first file system for another root, as switch_root(8) does.</summary>
public static unsafe class RootSwitch
{
    private static readonly string[] Moved = ["/dev", "/proc", "/sys", "/run"];

    /// <summary>
    /// Makes a mounted file system the root of this process, with what is mounted below the old one for all programs, and
    /// removes the files of the old one, which are memory. What runs goes on, to execute a program of the new root.
    /// </summary>
    /// <param name="root">Where the new root is mounted.</param>
    /// <exception cref="LinuxException">A mount cannot be moved.</exception>
    public static void To(string root)
    {
        // Before /proc is moved, which tells them.
        var mounted = Mounts.Read().Select(mount => mount.Point).ToHashSet();
        foreach (var folder in Moved.Where(mounted.Contains))
            Move(folder, root + folder);
        Empty("/", mounted);
        fixed (byte* target = NativeText.Terminated(root), here = ".\0"u8)
        {
            Check(chdir(target), "chdir", root);
            Move(".", "/");
            Check(chroot(here), "chroot", root);
        }
        fixed (byte* top = "/\0"u8)
            Check(chdir(top), "chdir", "/");
    }

    private static void Move(string source, string target)
    {
        fixed (byte* from = NativeText.Terminated(source), at = NativeText.Terminated(target), none = "\0"u8)
            Check(mount(from, at, none, MS_MOVE, null), "mount --move", target);
    }

    // The first file system is the kernel's own and cannot be unmounted. What cannot be removed costs memory, and nothing else.
    private static void Empty(string folder, HashSet<string> mounts)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            if (mounts.Contains(entry.FullName))
                continue;
            if (entry is DirectoryInfo { LinkTarget: null })
            {
                Empty(entry.FullName, mounts);
                continue;
            }
            fixed (byte* name = NativeText.Terminated(entry.FullName))
                _ = unlink(name);
        }
    }

    private static void Check(int result, string call, string subject)
    {
        if (result < 0)
            throw LinuxException.Last(call, subject);
    }
}
