using Meduza.Linux.Files;

namespace Meduza.Vm.Guest;

/// <summary>The machine's disk: before its init runs, which is on it and keeps its log there, as where it is the root.</summary>
internal static class Disk
{
    public const string Folder = "/disk";

    private const ulong Bind = 0x1000; // MS_BIND

    public static void Mount()
    {
        KernelModules.LoadAll();
        Mounts.MountIfMissing("devtmpfs", "/dev", "devtmpfs");
        Mounts.MountIfMissing("/dev/vda", Folder, "ext4");
        Mounts.MountIfMissing($"{Folder}/log", "/var/log", "none", Bind);
    }
}
