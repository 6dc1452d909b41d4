using System.Globalization;
using Meduza.Linux.Process;
using static Tmds.Linux.LibC;

namespace Meduza.Vm.Guest;

/// <summary>
/// Gives PID 1 services, some of which do not want to end, has data in memory that is to be on the disk, and sends PID 1 the
/// signal to stop. What came of it the disk says, when the machine is off.
/// </summary>
internal static class StoppingMachine
{
    private const int DirtyMegabytes = 8;

    // Ends when it is asked to, and says so on the disk.
    private static string Orderly(string name) =>
        $"trap 'echo {name} >> {Disk.Folder}/order; exit 0' TERM; touch /run/{name}; while :; do sleep 1000 & wait $!; done";

    // Writes to the disk for ever, whatever it is asked.
    private static string Deaf(string name) =>
        $"trap '' TERM HUP INT; exec >> {Disk.Folder}/{name}; touch /run/{name}; while :; do echo still here; sleep 0.1; done";

    public static void Run(Report report)
    {
        report.Scenario("services run", _ =>
        {
            using var control = new ControlPeer();
            control.Define("first", Orderly("first"));
            control.Define("second", Orderly("second"), after: "first");
            // Deaf itself, and with a child that has left its session and its group.
            control.Define("deaf", $"setsid /bin/sh -c \"{Deaf("stray")}\" & {Deaf("deaf")}", after: "second", stopTimeout: 1500);
            // One of no service, with nothing left to know it by.
            Command.Run("/usr/bin/env", ["-i", "/usr/bin/setsid", "/bin/sh", "-c", $"PATH=/bin:/usr/bin; ({Deaf("nobodys")}) < /dev/null 2> /dev/null &"], Waiting.Limit);
            Waiting.Until(() => new[] { "first", "second", "deaf", "stray", "nobodys" }.All(name => File.Exists($"/run/{name}")), "all of them run");
        });
        // Not asked to be on the disk: that is for the init to do.
        using (var dirty = File.Create($"{Disk.Folder}/dirty"))
        {
            for (var i = 0; i < DirtyMegabytes; i++)
                dirty.Write(Enumerable.Repeat((byte)('a' + i), 1 << 20).ToArray());
        }
        report.Figure("uptime.stop.s", Uptime());
        report.End();
        Signals.Send(1, SIGTERM);
        Thread.Sleep(Timeout.Infinite);
    }

    private static double Uptime() => double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
}
