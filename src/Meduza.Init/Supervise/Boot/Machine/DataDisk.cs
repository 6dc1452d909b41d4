using Meduza.Linux;
using Meduza.Linux.Files;

namespace Meduza.Init.Supervise.Boot.Machine;

/// <summary>
/// Where the last good state lies on a machine: an ext4 that the command line names, or the first one with the label
/// <c>meduza-data</c>. Without it <c>/data</c> is memory, and a machine that starts without etcd starts empty.
/// </summary>
internal static class DataDisk
{
    public const string Label = "meduza-data";

    private const string Folder = "/data";
    private const ulong Flags = 0x2 | 0x4 | 0x400; // MS_NOSUID | MS_NODEV | MS_NOATIME

    /// <param name="say">Told what is mounted, or why nothing is.</param>
    public static void Mount(MachineParameters parameters, Action<string> say)
    {
        if (parameters.Data == "none" || Mounts.Read().Any(mount => mount.Point == Folder))
            return;
        var disk = parameters.Data is { } named
            ? BlockDevices.TryRead(named)
            : BlockDevices.Read().FirstOrDefault(device => device is { Type: "ext4", Label: Label });
        if (disk is not { Type: "ext4" })
        {
            say(parameters.Data is null
                ? $"warning: no disk has an ext4 with the label {Label}: what is kept below {Folder} is lost at the end; make one: mkfs.ext4 -L {Label} /dev/…"
                : $"error: kernel parameter meduza.data={parameters.Data}: {(disk is null ? "there is no such disk, or it cannot be read" : "it has no ext4 on it: mkfs.ext4 makes one")}; what is kept below {Folder} is lost at the end");
            return;
        }
        try
        {
            Mounts.MountIfMissing(disk.Path, Folder, "ext4", Flags);
            say($"{Folder} is {disk.Path}");
        }
        catch (LinuxException e)
        {
            say($"error: {disk.Path}: {e.Message}; what is kept below {Folder} is lost at the end; e2fsck on another machine may repair it");
        }
    }
}
