using System.Globalization;
using Meduza.Lab.Harness;

namespace Meduza.Bench;

/// <summary>Resident and proportional memory of PID 1 and the agent, with everything up and nothing to do.</summary>
internal static class IdleMemory
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    /// <param name="solo">The gateway.</param>
    /// <param name="when">What has happened to it before, as part of the figures' names.</param>
    public static void Measure(SoloGateway solo, string when)
    {
        Thread.Sleep(Quiet);
        Print(when, "pid1", solo.Init.HostPid);
        Print(when, "agent", solo.Gateway.Agent()!.HostPid);
    }

    private static void Print(string when, string who, int pid)
    {
        var rollup = File.ReadAllLines($"/proc/{pid}/smaps_rollup");
        Figure.Print($"idle_memory_{when}_{who}_rss", "KiB", Field(rollup, "Rss:"));
        Figure.Print($"idle_memory_{when}_{who}_pss", "KiB", Field(rollup, "Pss:"));
    }

    private static double Field(string[] rollup, string name) => double.Parse(
        rollup.First(l => l.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
