using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Meduza.Lab.Harness;
using Meduza.Vm.Bundle;
using Meduza.Vm.Harness;

namespace Meduza.Bench;

/// <summary>
/// The machine of <c>./build.sh vm</c>, of 128 MiB, emulated: the milliseconds are those of a processor that is some ten times
/// slower than a real one. From power-on to the kernel, to PID 1 in the root, to the first packet that is routed, to the commit applied
/// and all of it up; and what is left of the memory then, by the kernel's own account.
/// </summary>
internal static partial class MachineFigures
{
    private const double Page = 4096.0 / (1 << 20);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);

    public static void Measure()
    {
        using var network = new BundleNetwork(LabNetwork.Create());
        var lab = network.Lab;
        var folder = Directory.CreateDirectory($"{lab.Folder.Path}/data-content").FullName;
        var data = new DiskImage($"{lab.Folder.Path}/data", folder, "meduza-data");
        lab.Etcd.Put(BundleNetwork.Keys());
        lab.Etcd.Commit("first");
        var clock = Stopwatch.StartNew();
        using var machine = BundleMachine.Start(network, $"{network.Words} sysrq_always_enabled=1", data.Path);
        machine.WaitFor("Linux version");
        Print("kernel");
        machine.WaitFor("Run /init as init process");
        Print("first_program");
        machine.WaitFor("started as pid 1");
        Print("pid1_in_root");
        network.PingHost(Limit);
        Print("routing");
        lab.Events.WaitForCommit(BundleNetwork.Node, "first", "applied", Limit);
        Print("applied");
        while (!network.IsWhole())
            Thread.Sleep(100);
        Print("whole");

        Thread.Sleep(Quiet);
        machine.Monitor("sendkey alt-sysrq-m");
        machine.WaitFor("pages reserved"); // its last line but one
        var said = machine.Console;
        Figure.Print("vm_memory_kernel_leaves", "MiB", Number(Available(), said) / 1024);
        Figure.Print("vm_memory_free", "MiB", Number(Free(), said) * Page);
        Figure.Print("vm_memory_of_files", "MiB", (Number(ActiveFile(), said) + Number(InactiveFile(), said)) * Page);
        Figure.Print("vm_memory_of_programs", "MiB", (Number(ActiveAnonymous(), said) + Number(InactiveAnonymous(), said)) * Page);

        void Print(string what) => Figure.Print($"vm_power_on_to_{what}_emulated", "ms", clock.Elapsed.TotalMilliseconds);
    }

    // Of what was said several times, the last.
    private static double Number(Regex expression, string text) => double.Parse(expression.Matches(text)[^1].Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Memory: (\d+)K/\d+K available")]
    private static partial Regex Available();

    [GeneratedRegex(@" free:(\d+) ")]
    private static partial Regex Free();

    [GeneratedRegex(@" active_file:(\d+) ")]
    private static partial Regex ActiveFile();

    [GeneratedRegex(@" inactive_file:(\d+) ")]
    private static partial Regex InactiveFile();

    [GeneratedRegex(@"[ \]]active_anon:(\d+) ")]
    private static partial Regex ActiveAnonymous();

    [GeneratedRegex(@" inactive_anon:(\d+) ")]
    private static partial Regex InactiveAnonymous();
}
