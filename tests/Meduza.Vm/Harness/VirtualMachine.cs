using Meduza.Linux.Process;

namespace Meduza.Vm.Harness;

/// <summary>A machine emulated by QEMU, instruction by instruction: no virtualisation of the host's processor is needed.</summary>
internal static class VirtualMachine
{
    // It needs some 20 s on a quiet machine; a busy one may be five times slower.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>Starts a kernel with a first file system, and waits until the machine has switched itself off or restarted.</summary>
    /// <param name="words">Further words of the kernel's command line.</param>
    /// <returns>What it wrote to its second serial port, and to its first, the console.</returns>
    /// <exception cref="TimeoutException">It did not end in four minutes; it was killed.</exception>
    public static (string Report, string Console) Run(string kernel, string initramfs, string folder, string words = "")
    {
        var (console, report) = (Path.Combine(folder, "console"), Path.Combine(folder, "report"));
        string[] arguments =
        [
            // microvm, which would be quicker, does not always start.
            "-machine", "pc", "-accel", "tcg", "-cpu", "max", "-m", "128", "-no-reboot", "-nodefaults", "-no-user-config",
            "-display", "none", "-monitor", "none", "-kernel", kernel, "-initrd", initramfs,
            "-append", $"console=ttyS0 panic=-1 quiet {words}", "-serial", $"file:{console}", "-serial", $"file:{report}",
        ];
        try
        {
            var result = Command.Run("qemu-system-x86_64", arguments, Limit);
            return result.ExitCode == 0
                ? (Text(report), Text(console))
                : throw new InvalidOperationException($"qemu ended with {result.ExitCode}: {result.Error}");
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"the machine did not end in {Limit}\nreport: {Text(report)}\nconsole: {Text(console)}");
        }
    }

    private static string Text(string path) => File.Exists(path) ? File.ReadAllText(path) : "";
}
