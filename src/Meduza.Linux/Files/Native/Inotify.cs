using System.Runtime.InteropServices;
using Meduza.Linux.Abi;

namespace Meduza.Linux.Files.Native;

/// <summary>&lt;sys/inotify.h&gt;, inotify(7).</summary>
internal static unsafe partial class InotifyHeader
{
    [LibraryImport(Process.Native.LibC.Name, SetLastError = true)]
    public static partial int inotify_init1(int flags);

    [LibraryImport(Process.Native.LibC.Name, SetLastError = true)]
    public static partial int inotify_add_watch(int descriptor, byte* path, uint mask);

    [LibraryImport(Process.Native.LibC.Name, SetLastError = true)]
    public static partial int inotify_rm_watch(int descriptor, int watch);
}

[CHeader("sys/inotify.h")]
internal static class Inotify
{
    public const int IN_CLOEXEC = 0x80000;
    public const uint IN_MODIFY = 0x2;
    public const uint IN_ATTRIB = 0x4;
    public const uint IN_MOVED_FROM = 0x40;
    public const uint IN_MOVED_TO = 0x80;
    public const uint IN_CREATE = 0x100;
    public const uint IN_DELETE = 0x200;
    public const uint IN_DELETE_SELF = 0x400;
    public const uint IN_MOVE_SELF = 0x800;
    public const uint IN_Q_OVERFLOW = 0x4000;
    public const uint IN_IGNORED = 0x8000;
    public const uint IN_ONLYDIR = 0x1000000;
}

/// <summary>The front of an event; its name, padded with NULs to <see cref="len"/> bytes, follows.</summary>
[CStruct("struct inotify_event", "sys/inotify.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct inotify_event
{
    public int wd;
    public uint mask;
    public uint cookie;
    public uint len;
}
