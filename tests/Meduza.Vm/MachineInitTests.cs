using Meduza.Vm.Harness;

namespace Meduza.Vm;

/// <summary>The shipped binary as the init of a real kernel, with nothing in the machine but a shell and two tools.</summary>
public class MachineInitTests
{
    private static readonly string[] Programs = ["/bin/sh", "/bin/sleep", "/bin/cat", "/bin/ls"];

    /// <summary>Boots it; a few moments later a process of the machine sends PID 1 that signal.</summary>
    /// <returns>The console, and the second serial port, to which the machine's own shell writes.</returns>
    private static (string Console, string Report) Run(string signal, string words)
    {
        var binary = Environment.GetEnvironmentVariable("MEDUZA_INIT") is { Length: > 0 } named ? named : Built();
        var kernel = new KernelImage(Environment.GetEnvironmentVariable("MEDUZA_VM_KERNEL")
            ?? throw new InvalidOperationException("MEDUZA_VM_KERNEL is not set: the machine is prepared by ./build.sh test"));
        var folder = Directory.CreateTempSubdirectory("meduza-vm-").FullName;
        try
        {
            var initramfs = Path.Combine(folder, "initramfs");
            using (var archive = new Initramfs(initramfs))
            {
                archive.AddFolder("var/log");
                archive.AddFolder("etc");
                archive.Add("dev/null", []); // the shell wants one for what it starts; the real one is mounted over it
                archive.AddFile("usr/bin/meduza-init", binary);
                foreach (var file in Programs.Concat(SharedLibraries.Of([binary, .. Programs])))
                    archive.AddFile(file[1..], file);
                // The shell is the first process; what it leaves behind becomes an orphan of the init that it turns into.
                archive.Add("init", System.Text.Encoding.UTF8.GetBytes($"""
                    #!/bin/sh
                    (
                        until /usr/bin/meduza-init status agent > /dev/null 2>&1 || [ $? = 3 ]; do sleep 1; done
                        exec > /dev/ttyS1
                        /bin/cat /proc/mounts
                        /bin/cat /proc/sys/net/ipv4/ip_forward
                        /usr/bin/meduza-init status
                        /usr/bin/meduza-init logs meduza-init agent
                        (exec /bin/sleep 1000) &
                        kill -{signal} 1
                        /bin/sleep 1000
                    ) &
                    exec /usr/bin/meduza-init
                    """));
            }
            var (report, console) = VirtualMachine.Run(kernel.Path, initramfs, folder, words);
            return (console, report);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Built()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "artifacts", "meduza-init");
            if (File.Exists(candidate))
                return candidate;
        }
        throw new InvalidOperationException("there is no artifacts/meduza-init above the tests: run ./build.sh");
    }

    [Theory]
    [InlineData("TERM", "stopping on SIGTERM", "Power down")]
    [InlineData("INT", "stopping on SIGINT", "Restarting system")]
    public void A_machine_comes_up_from_nothing_and_ends_with_its_init(string signal, string said, string end)
    {
        var (console, report) = Run(signal, "meduza.NODE_ID=vm meduza.ETCD_ENDPOINTS=http://127.0.0.1:1 loglevel=6");

        var all = $"{console}\n{report}";
        foreach (var point in (string[])["/proc proc", "/sys sysfs", "/dev devtmpfs", "/dev/pts devpts", "/dev/shm tmpfs", "/run tmpfs", "/tmp tmpfs", "/sys/fs/cgroup cgroup2"])
            Assert.True(report.Contains($" {point} ", StringComparison.Ordinal), $"{point}: {all}");
        Assert.True(report.Contains("\n1\r\n", StringComparison.Ordinal), all);
        Assert.True(report.Contains("agent", StringComparison.Ordinal), all);
        Assert.False(report.Contains("NODE_ID", StringComparison.Ordinal), all); // it had it from the kernel's command line
        Assert.True(console.Contains(said, StringComparison.Ordinal), all);
        Assert.True(console.Contains("meduza-init: stopped", StringComparison.Ordinal), all);
        Assert.True(console.Contains(end, StringComparison.Ordinal), all);
        Assert.False(console.Contains("Kernel panic", StringComparison.Ordinal), all);
    }
}
