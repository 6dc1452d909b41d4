using Meduza.Linux;
using Meduza.Linux.Files;
using Meduza.Linux.Process;

namespace Meduza.Vm.Guest;

/// <summary>A program started by the exec stage into a cgroup of its own, under controllers that the kernel really has.</summary>
internal static class CgroupLimits
{
    /// <summary>The first argument that makes this binary a program that does nothing.</summary>
    public const string Sleeper = "sleeper";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static void Run(Report report)
    {
        Mounts.MountIfMissing("cgroup2", "/sys/fs/cgroup", "cgroup2");
        var parent = Cgroup.Own() ?? throw new InvalidOperationException("no cgroup of its own");
        Require.Equal("/sys/fs/cgroup", parent.Folder);
        var own = parent.Child("own");
        own.Make();
        own.Join();
        Require.Equal("/sys/fs/cgroup/own", Cgroup.Own()!.Folder);
        foreach (var controller in (string[])["memory", "pids", "cpu"])
            parent.Write("cgroup.subtree_control", $"+{controller}");

        var group = parent.Child("sleeper.service");
        group.Make();
        using var stage = new StagedSpawn();
        var (pid, told) = Start(stage, group, ("memory.high", "60000000"), ("memory.max", "100000000"), ("pids.max", "50"), ("cpu.weight", "200"), ("no.such", "1"));
        Require.Equal("", told);
        Require.That(group.Processes().Contains(pid));
        // The kernel counts memory in pages.
        Require.Equal(100_000_000 / 4096 * 4096, group.ReadNumber("memory.max"));
        Require.Equal(60_000_000 / 4096 * 4096, group.ReadNumber("memory.high"));
        Require.Equal(50, group.ReadNumber("pids.max"));
        Require.Equal(200, group.ReadNumber("cpu.weight"));
        Require.That(group.ReadNumber("memory.current") > 0);
        Require.That(group.ReadNumber("memory.peak") >= group.ReadNumber("memory.current"));
        Require.That(!group.TryRemove());
        group.Kill();
        End(pid);
        for (var end = Environment.TickCount64 + Patience.TotalMilliseconds; !group.TryRemove(); Thread.Sleep(5))
            Require.That(Environment.TickCount64 < end);
        Require.That(!Directory.Exists(group.Folder));

        group.Make();
        (pid, told) = Start(stage, group, ("memory.max", "much"));
        Require.Equal("cgroup limit memory.max=much: Invalid argument", told);
        End(pid);
        (pid, told) = Start(stage, group.Child("missing"));
        Require.Equal("cgroup /sys/fs/cgroup/sleeper.service/missing: no such file", told);
        End(pid);
        Require.That(group.TryRemove());
    }

    /// <returns>Its pid, and what failed; nothing when the program runs.</returns>
    private static (int Pid, string Told) Start(StagedSpawn stage, Cgroup group, params (string, string)[] settings)
    {
        using var nothing = Descriptor.Open("/dev/null", Tmds.Linux.LibC.O_RDWR);
        using var program = Descriptor.Open("/proc/self/exe", Tmds.Linux.LibC.O_PATH);
        var (pid, report) = stage.Start(
            new(["guest", Sleeper], []) { Cgroup = group.Folder, CgroupSettings = settings }, nothing, nothing, program: program);
        using (report)
        {
            var bytes = new byte[4096];
            var length = 0;
            for (var end = Environment.TickCount64 + Patience.TotalMilliseconds; Environment.TickCount64 < end; Thread.Sleep(2))
            {
                try
                {
                    var count = DescriptorIO.Read(report, bytes.AsSpan(length), "report");
                    if (count == 0)
                        return (pid, Words(bytes.AsSpan(0, length)));
                    length += count;
                }
                catch (LinuxException e) when (e.Errno == Tmds.Linux.LibC.EAGAIN)
                {
                }
            }
            throw new TimeoutException("the exec stage says nothing");
        }
    }

    private static string Words(ReadOnlySpan<byte> bytes)
    {
        var told = "the exec stage died";
        while (ExecReport.TryRead(ref bytes, out var report))
            told = report.Step == ExecStep.Ready ? "" : report.ToString();
        return told;
    }

    private static void End(int pid)
    {
        for (var end = Environment.TickCount64 + Patience.TotalMilliseconds; !Reaper.TryReap(pid, out _); Thread.Sleep(2))
            Require.That(Environment.TickCount64 < end, $"end of {pid}");
    }
}
