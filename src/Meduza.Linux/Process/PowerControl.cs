using Meduza.Linux.Files;
using static Meduza.Linux.Process.Native.MachineHeader;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>The end of the machine (reboot(2)); only for its real init.</summary>
public static unsafe class PowerControl
{
    private const ulong ReadOnlyRemount = 0x21; // MS_RDONLY | MS_REMOUNT

    /// <summary>Lets Ctrl-Alt-Del be a SIGINT to PID 1 instead of a reset.</summary>
    public static void TakeCtrlAltDel() => _ = reboot(RB_DISABLE_CAD);

    /// <summary>
    /// Writes everything to disk and unmounts, the last mount first; what is busy, the root above all, becomes read-only.
    /// The kernel's own file systems are left: nothing on them lasts.
    /// </summary>
    /// <param name="failed">Told of each mount that could be made neither.</param>
    public static void SyncAndUnmount(Action<LinuxException> failed)
    {
        ArgumentNullException.ThrowIfNull(failed);
        sync();
        foreach (var mount in Mounts.Read().Reverse().Where(m => !IsKernels(m.Type)))
        {
            fixed (byte* target = NativeText.Terminated(mount.Point), none = "none\0"u8)
            {
                if (mount.Point != "/" && umount2(target, 0) == 0)
                    continue;
                if (Tmds.Linux.LibC.mount(none, target, none, (Tmds.Linux.ulong_t)(nuint)ReadOnlyRemount, null) != 0)
                    failed(LinuxException.Last("unmount", mount.Point));
            }
        }
        sync();
    }

    /// <summary>Switches the machine off, or starts it anew. Returns only when that failed.</summary>
    public static LinuxException End(bool restart)
    {
        _ = reboot(restart ? RB_AUTOBOOT : RB_POWER_OFF);
        return LinuxException.Last("reboot", restart ? "restart" : "power off");
    }

    private static bool IsKernels(string type) => type is
        "proc" or "sysfs" or "devtmpfs" or "devpts" or "tmpfs" or "rootfs" or "ramfs" or "cgroup" or "cgroup2" or "mqueue" or "debugfs"
        or "tracefs" or "securityfs" or "bpf" or "pstore" or "fusectl" or "configfs" or "nsfs";
}
