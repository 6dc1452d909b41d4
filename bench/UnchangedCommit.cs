using System.Globalization;
using Meduza.Lab.Harness;

namespace Meduza.Bench;

/// <summary>What a commit of the same keys costs: processor time of PID 1 and the agent, and what they ask of the kernel.</summary>
internal static class UnchangedCommit
{
    private const int Samples = 20;

    public static void Measure(SoloGateway solo)
    {
        solo.Apply("settled");
        var pid1 = solo.Init.HostPid;
        var agent = solo.Gateway.Agent()!.HostPid;
        var (forPid1, forAgent) = (new List<double>(), new List<double>());
        for (var n = 0; n < Samples; n++)
        {
            var (beforePid1, beforeAgent) = (ProcessorTime(pid1), ProcessorTime(agent));
            solo.Apply($"same {n}");
            forPid1.Add((ProcessorTime(pid1) - beforePid1) / 1e6);
            forAgent.Add((ProcessorTime(agent) - beforeAgent) / 1e6);
        }
        Figure.Print("unchanged_commit_cpu_pid1", "ms", forPid1);
        Figure.Print("unchanged_commit_cpu_agent", "ms", forAgent);

        using var trace = new SystemCallTrace(solo.Lab.Folder, solo.Gateway.Network, pid1, agent);
        solo.Apply("same, watched");
        var calls = trace.Stop();
        Figure.Print("unchanged_commit_file_writes", "calls", SystemCallTrace.FileWrites(calls).Count());
        Figure.Print("unchanged_commit_netlink_changes", "messages", SystemCallTrace.NetlinkChanges(calls).Count());
        Figure.Print("unchanged_commit_netlink_messages", "messages", SystemCallTrace.NetlinkMessages(calls).Count());
        Figure.Print("unchanged_commit_executions", "programs", SystemCallTrace.Executions(calls).Count());
    }

    /// <summary>Nanoseconds on a processor of all threads of a process, from the scheduler's own count.</summary>
    private static double ProcessorTime(int pid) => Directory.EnumerateDirectories($"/proc/{pid}/task")
        .Sum(task => double.Parse(File.ReadAllText($"{task}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture));
}
