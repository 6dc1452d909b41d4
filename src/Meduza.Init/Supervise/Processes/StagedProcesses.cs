using Meduza.Gateway.Render;
using Meduza.Init.Control;
using Meduza.Init.Supervise.Boot;
using Meduza.Init.Supervise.Continuation;
using Meduza.Linux.Events;
using Meduza.Linux.Process;

namespace Meduza.Init.Supervise.Processes;

/// <summary>Real processes: through the exec stage, their output into their service's log.</summary>
/// <param name="inherited">What an earlier image of PID 1 left open; null in the first.</param>
internal sealed class StagedProcesses(
    EventLoop loop, Logs.Logs logs, StagedSpawn stage, ProcessLimits limits, InheritedDescriptors? inherited) : IProcesses
{
    private const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public IProcess Start(ServiceDefinition definition, Action executed)
    {
        var log = logs.Open(definition.Name);
        var (pid, report) = stage.Start(Specification(definition), log.Output, log.Error);
        try
        {
            return new StagedProcess(definition.Name, pid, report, loop, log, executed);
        }
        catch
        {
            // A process that nobody waits for would run beside the one of the next attempt.
            Strays.Kill(definition.Name, pid);
            report.Dispose();
            throw;
        }
    }

    public IProcess Resume(ServiceDefinition definition, KeptProcess kept, Action executed)
    {
        var report = kept.Report is { } number ? inherited?.Take(number) : null;
        return new StagedProcess(definition.Name, kept, report ?? new(-1), loop, logs.Open(definition.Name), executed);
    }

    public IReadinessProbe Probe(Readiness readiness) => ReadinessProbes.Create(readiness);

    private ExecSpec Specification(ServiceDefinition definition)
    {
        var isAgent = definition.Name == ControlNames.Agent;
        string[] mark = [$"{Strays.Mark}={definition.Name}"];
        return new(
            definition.Command,
            // Where etcd is and how to get in stands in PID 1's own environment: no service but the agent sees that.
            isAgent
                ? Merged([.. mark, .. definition.Environment, .. CleanImage.GivenEnvironment(), .. mark])
                : Merged([.. mark, DefaultPath, .. definition.Environment, .. mark]))
        {
            // In the exec stage this is the very binary that PID 1 runs, whatever lies at its path by now.
            Program = isAgent ? "/proc/self/exe" : null,
            WorkingFolder = definition.WorkingFolder,
            User = definition.User,
            OpenFiles = limits.ChildOpenFiles,
            OomScore = limits.OomScoreIsOurs ? isAgent ? ProcessLimits.AgentOomScore : 0 : null,
        };
    }

    /// <summary>One value a name: the last one counts, in the place of the first.</summary>
    private static List<string> Merged(IEnumerable<string> variables)
    {
        var merged = new List<string>();
        foreach (var variable in variables)
        {
            var name = variable[..(variable.IndexOf('=', StringComparison.Ordinal) + 1)];
            var known = merged.FindIndex(v => v.StartsWith(name, StringComparison.Ordinal));
            if (known >= 0)
                merged[known] = variable;
            else
                merged.Add(variable);
        }
        return merged;
    }
}
