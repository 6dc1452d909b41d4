using System.Globalization;
using System.Text.RegularExpressions;
using Meduza.Vm.Harness;

namespace Meduza.Vm;

/// <summary>The shipped binary as the init of a real kernel, whose end is the machine's.</summary>
public partial class MachineInitTests
{
    private const string Words = "meduza.NODE_ID=vm meduza.ETCD_ENDPOINTS=http://127.0.0.1:1 loglevel=6";

    [Fact]
    public void A_machine_comes_up_from_nothing_and_starts_anew_on_Ctrl_Alt_Del()
    {
        var run = VirtualMachine.Run(Prepared.Kernel, new() { Words = Words, KeysAfter = "at the keyboard", Keys = "ctrl-alt-delete" }, archive =>
        {
            archive.AddFolder("var/log");
            archive.AddFolder("etc");
            archive.Add("dev/null", []); // the shell wants one for what it starts; the real one is mounted over it
            archive.AddFile("usr/bin/meduza-init", MeduzaInit.Path);
            archive.AddPrograms(["/bin/sh", "/bin/sleep", "/bin/cat"], MeduzaInit.Path);
            // The shell is the first process; what it leaves behind becomes an orphan of the init that it turns into.
            archive.AddText("init", """
                #!/bin/sh
                (
                    until /usr/bin/meduza-init status agent > /dev/null 2>&1 || [ $? = 3 ]; do sleep 1; done
                    exec > /dev/ttyS1
                    /bin/cat /proc/mounts
                    /bin/cat /proc/sys/net/ipv4/ip_forward
                    /usr/bin/meduza-init status
                    /usr/bin/meduza-init status agent --json
                    /bin/cat /proc/1/cgroup /sys/fs/cgroup/agent.service/cgroup.controllers
                    /usr/bin/meduza-init logs meduza-init agent
                    (exec /bin/sleep 1000) &
                    echo at the keyboard
                    /bin/sleep 1000
                ) &
                exec /usr/bin/meduza-init
                """);
        });

        var all = run.ToString();
        foreach (var point in (string[])["/proc proc", "/sys sysfs", "/dev devtmpfs", "/dev/pts devpts", "/dev/shm tmpfs", "/run tmpfs", "/tmp tmpfs", "/sys/fs/cgroup cgroup2"])
            Assert.True(run.Report.Contains($" {point} ", StringComparison.Ordinal), $"{point}: {all}");
        Assert.True(run.Report.Contains("\n1\r\n", StringComparison.Ordinal), all);
        Assert.True(run.Report.Contains("agent", StringComparison.Ordinal), all);
        Assert.True(run.Report.Contains("0::/meduza-init\r\ncpu memory pids\r\n", StringComparison.Ordinal), all);
        Assert.Matches("\"memory_bytes\": *[1-9]", run.Report);
        Assert.Matches("\"memory_peak_bytes\": *[1-9]", run.Report);
        Assert.False(run.Report.Contains("NODE_ID", StringComparison.Ordinal), all); // it had it from the kernel's command line
        RequireEnd(run, "stopping on SIGINT", "Restarting system");
    }

    [Fact]
    public void A_machine_that_is_switched_off_stops_its_services_in_order_and_leaves_its_disk_clean()
    {
        var folder = Directory.CreateTempSubdirectory("meduza-disk-").FullName;
        try
        {
            var content = Directory.CreateDirectory(Path.Combine(folder, "content"));
            content.CreateSubdirectory("log");
            content.CreateSubdirectory("bin");
            File.Copy(MeduzaInit.Path, Path.Combine(content.FullName, "bin", "meduza-init"));
            var disk = new DiskImage(Path.Combine(folder, "disk"), content.FullName);

            var run = VirtualMachine.Run(Prepared.Kernel, new() { Words = Words, Disk = disk.Path }, archive =>
            {
                archive.AddFolder("etc");
                archive.Add("dev/null", []);
                archive.AddFile("guest", Prepared.Guest);
                archive.AddPrograms(["/bin/sh", "/bin/sleep", "/usr/bin/touch", "/usr/bin/env", "/usr/bin/setsid"], Prepared.Guest, MeduzaInit.Path);
                archive.AddModules(Prepared.Kernel, "virtio_pci", "virtio_blk");
                archive.AddText("init", """
                    #!/bin/sh
                    /guest disk
                    (
                        until /disk/bin/meduza-init status agent > /dev/null 2>&1 || [ $? = 3 ]; do sleep 1; done
                        exec /guest stop
                    ) &
                    exec /disk/bin/meduza-init
                    """);
            });

            run.RequireAllOk(1);
            RequireEnd(run, "stopping on SIGTERM", "Power down");
            // Those of the disk are no exception: what is in use, the binary itself, becomes read-only.
            Assert.DoesNotContain("warning: unmount", run.Console, StringComparison.Ordinal);
            Assert.True(disk.IsClean, run.ToString());
            // The reverse of their start; the deaf one, which started last, was asked first and not waited for.
            Assert.Equal("second\nfirst\n", disk.Text("order"));
            Assert.Equal(string.Concat(Enumerable.Range(0, 8).Select(i => new string((char)('a' + i), 1 << 20))), disk.Text("dirty"));
            foreach (var deaf in (string[])["deaf", "stray", "nobodys"])
                Assert.EndsWith("still here\n", disk.Text(deaf), StringComparison.Ordinal);
            Assert.Contains("stopping on SIGTERM", disk.Text("log/meduza-init.out.log"), StringComparison.Ordinal);

            // By the machine's own clock. 30 s is what it may take; a shell that is deaf costs its own limit.
            var end = double.Parse(PowerDown().Match(run.Console).Groups[1].Value, CultureInfo.InvariantCulture);
            Assert.InRange(end - run.Figures["uptime.stop.s"], 1.5, 30);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Nothing_fires_early_or_late_when_the_clock_jumps_by_years()
    {
        var run = VirtualMachine.Run(Prepared.Kernel, new() { Words = Words }, archive =>
        {
            archive.AddFolder("var/log");
            archive.AddFolder("etc");
            archive.Add("dev/null", []);
            archive.AddFile("guest", Prepared.Guest);
            archive.AddFile("usr/bin/meduza-init", MeduzaInit.Path);
            archive.AddPrograms(["/bin/sh", "/bin/sleep", "/bin/cat", "/bin/date"], Prepared.Guest, MeduzaInit.Path);
            archive.AddText("init", """
                #!/bin/sh
                (
                    until /usr/bin/meduza-init status agent > /dev/null 2>&1 || [ $? = 3 ]; do sleep 1; done
                    exec /guest clock
                ) &
                exec /usr/bin/meduza-init
                """);
        });

        run.RequireAllOk(1);
        RequireEnd(run, "stopping on SIGTERM", "Power down");
    }

    private static void RequireEnd(MachineRun run, string said, string end)
    {
        var all = run.ToString();
        Assert.True(run.Console.Contains(said, StringComparison.Ordinal), all);
        Assert.True(run.Console.Contains("meduza-init: stopped", StringComparison.Ordinal), all);
        Assert.True(run.Console.Contains(end, StringComparison.Ordinal), all);
        Assert.False(run.Console.Contains("Kernel panic", StringComparison.Ordinal), all);
    }

    [GeneratedRegex(@"\[ *(\d+\.\d+)\] reboot: Power down")]
    private static partial Regex PowerDown();
}
