using Meduza.Image.Machine;
using Meduza.Linux.Process;

namespace Meduza.Vm.Harness;

/// <summary>A machine emulated by QEMU, instruction by instruction: no virtualisation of the host's processor is needed.</summary>
internal static class VirtualMachine
{
    // It needs some 20 to 60 s on a quiet machine; a busy one may be five times slower.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    /// <summary>Starts a kernel with a first file system, and waits until the machine has switched itself off or restarted.</summary>
    /// <param name="pack">Fills the first file system.</param>
    /// <exception cref="TimeoutException">It did not end in eight minutes; it was killed.</exception>
    public static MachineRun Run(Kernel kernel, MachineSetup setup, Action<Initramfs> pack)
    {
        var folder = Directory.CreateTempSubdirectory("meduza-vm-").FullName;
        try
        {
            var initramfs = Path.Combine(folder, "initramfs");
            using (var archive = new Initramfs(initramfs))
                pack(archive);
            return Run(kernel, setup, folder, initramfs);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static MachineRun Run(Kernel kernel, MachineSetup setup, string folder, string initramfs)
    {
        var (console, report, monitor) = (Path.Combine(folder, "console"), Path.Combine(folder, "report"), Path.Combine(folder, "monitor"));
        string[] arguments =
        [
            // microvm, which would be quicker, does not always start.
            "-machine", "pc", "-accel", "tcg", "-cpu", "max", "-m", $"{setup.Memory}", "-no-reboot", "-nodefaults", "-no-user-config",
            "-display", "none", "-monitor", setup.Keys is null ? "none" : $"unix:{monitor},server,nowait", "-kernel", kernel.Image, "-initrd", initramfs,
            "-append", $"console=ttyS0 panic=-1 quiet {setup.Words}", "-serial", $"file:{console}", "-serial", $"file:{report}",
            .. setup.Disk is null ? (string[])[] : ["-drive", $"file={setup.Disk},format=raw,if=virtio"],
        ];
        using var ended = new CancellationTokenSource();
        var keys = setup.Keys is null ? Task.CompletedTask : Task.Run(() => Keyboard.PressAsync(setup, monitor, report, ended.Token));
        try
        {
            var result = Command.Run("qemu-system-x86_64", arguments, Limit);
            return result.ExitCode == 0
                ? new MachineRun(Text(report), Text(console))
                : throw new InvalidOperationException($"qemu ended with {result.ExitCode}: {result.Error}");
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"the machine did not end in {Limit}\nreport: {Text(report)}\nconsole: {Text(console)}");
        }
        finally
        {
            ended.Cancel();
            keys.GetAwaiter().GetResult();
        }
    }

    private static string Text(string path) => File.Exists(path) ? File.ReadAllText(path) : "";
}
