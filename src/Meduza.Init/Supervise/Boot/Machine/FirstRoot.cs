using System.Text;
using Meduza.Init.Supervise.Logs;
using Meduza.Linux;
using Meduza.Linux.Files;
using Meduza.Linux.Process;

namespace Meduza.Init.Supervise.Boot.Machine;

/// <summary>
/// PID 1 in the kernel's first file system (initramfs), which is memory: it finds the disk with the root, a squashfs, lays
/// an overlay over it that is gone at the end, and goes on there as the machine's init. Nothing runs yet beside it, and
/// without a root nothing can, so it is the one place where PID 1 waits.
/// </summary>
internal static class FirstRoot
{
    private const string Mark = "/etc/initrd-release";
    private const string Lower = "/root/lower", Upper = "/root/upper", Merged = "/root/merged";
    private const string Init = "/usr/sbin/meduza-init";
    private const ulong ReadOnly = 1, NoDevices = 4;

    /// <summary>A disk shows up some time after its driver; one on USB takes seconds.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50), Patience = TimeSpan.FromSeconds(10);

    public static bool IsHere => Environment.ProcessId == 1 && File.Exists(Mark);

    /// <summary>Leaves it for the root. It returns never: without a root it goes on looking for one.</summary>
    public static void Leave()
    {
        using var console = new ConsoleOutput(1);
        var said = new HashSet<string>();
        Ground.MountFileSystems(Say);
        var parameters = MachineParameters.Parse(OwnMachine.CommandLine(Say), _ => { }); // told by the machine's init
        var drivers = OwnMachine.LoadModules(Say);
        for (var waited = TimeSpan.Zero; ; waited += Pause)
        {
            drivers?.LoadForNew(failure => Say($"warning: a driver could not be loaded: {failure.Message}"));
            foreach (var disk in Candidates(parameters.Root))
                TryFrom(disk);
            if (waited >= Patience)
                Say(Missing(parameters.Root));
            Thread.Sleep(Pause);
        }

        void TryFrom(BlockDevice disk)
        {
            try
            {
                Mount(disk.Path);
                RootSwitch.To(Merged);
                throw OwnProcess.Execute(Init, [Init], Spawn.OwnEnvironment());
            }
            catch (LinuxException e)
            {
                Say($"error: {disk.Path} is no root for this machine: {e.Message}");
            }
        }

        void Say(string line)
        {
            if (!said.Add(line))
                return;
            console.Add("meduza-init: "u8, [], Encoding.UTF8.GetBytes(line));
            console.Flush();
        }
    }

    private static IEnumerable<BlockDevice> Candidates(string? named) => named is null
        ? BlockDevices.Read().Where(disk => disk.Type == "squashfs")
        : BlockDevices.TryRead(named) is { Type: "squashfs" } disk ? [disk] : [];

    private static string Missing(string? named) =>
        $"error: {(named is null ? "no disk has a root on it" : $"kernel parameter root={named}: that disk has no root on it, or is not there")}: give this machine the bundle's root.squashfs as a disk or in a partition; still looking. Disks: {string.Join(", ", BlockDevices.Read().Select(disk => $"{disk.Path} ({(disk.Type.Length > 0 ? disk.Type : "unknown")})"))}";

    private static void Mount(string disk)
    {
        Mounts.MountIfMissing(disk, Lower, "squashfs", ReadOnly | NoDevices);
        if (!File.Exists(Lower + Init))
            throw new LinuxException("find", Lower + Init, Tmds.Linux.LibC.ENOENT);
        Mounts.MountIfMissing("tmpfs", Upper, "tmpfs", NoDevices, "mode=755,size=30%");
        // The folder that is seen has the rights of its upper layer.
        Directory.CreateDirectory($"{Upper}/files");
        Directory.CreateDirectory($"{Upper}/work");
        Mounts.MountIfMissing("overlay", Merged, "overlay", NoDevices, $"lowerdir={Lower},upperdir={Upper}/files,workdir={Upper}/work");
    }
}
