using System.Diagnostics;
using Meduza.Init.Control;
using Meduza.Lab.Harness;

namespace Meduza.Bench.Supervision;

/// <summary>A thousand restarts of one service: how long one takes, and what they leave in PID 1.</summary>
internal static class Restarts
{
    private const int Count = 1000;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(8);

    public static void Measure(Contestant meduza)
    {
        Thread.Sleep(Quiet);
        var before = Look(meduza);
        var samples = new List<double>();
        using (var client = new Contestant.Connection(meduza.Machine.ControlSocket))
        {
            for (var i = 0; i < Count; i++)
            {
                var since = Stopwatch.GetTimestamp();
                client.Ask(new() { Verb = Verbs.Restart, Services = ["s0"] });
                samples.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            }
        }
        Thread.Sleep(Quiet);
        var after = Look(meduza);
        Figure.Print("restart_by_request", "ms", samples);
        Figure.Print("after_1000_restarts_more_descriptors", "descriptors", after.Descriptors - before.Descriptors);
        Figure.Print("after_1000_restarts_more_private_dirty", "KiB", after.Private - before.Private);
        Figure.Print("after_1000_restarts_more_processes", "processes", after.Processes - before.Processes);
    }

    private static (int Descriptors, long Private, int Processes) Look(Contestant meduza)
    {
        var pid = meduza.Machine.HostPid;
        return (
            Directory.GetFiles($"/proc/{pid}/fd").Length,
            ProcessMemory.Rollup(pid, "Private_Dirty"),
            // Zombies among them.
            meduza.Machine.Processes().Count);
    }
}
