using System.Globalization;
using Meduza.Gateway.Render;
using Meduza.Init.Control;
using Meduza.Init.Supervise.Boot;
using Meduza.Init.Supervise.Continuation;
using Meduza.Linux;
using Meduza.Linux.Events;
using Meduza.Linux.Process;
using Tmds.Linux;

namespace Meduza.Init.Supervise.Processes;

/// <summary>Real processes: through the exec stage, their output into their service's log.</summary>
/// <param name="binary">The program that PID 1 runs, which is the agent's too.</param>
/// <param name="inherited">What an earlier image of PID 1 left open; null in the first.</param>
internal sealed class StagedProcesses(
    EventLoop loop, Logs.Logs logs, StagedSpawn stage, Descriptor binary, ProcessLimits limits, ServiceCgroups cgroups, Strays strays,
    NotifySocket notify, InheritedDescriptors? inherited)
    : IProcesses
{
    private const int DefaultUmask = 0x12; // 022
    private const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public IProcess Start(ServiceDefinition definition, Action executed, Action<Notice> noticed)
    {
        var log = LogOf(definition);
        var isByPipe = definition.Readiness.Kind == ReadinessKind.NotifyDescriptor;
        var (read, write) = isByPipe ? Descriptor.Pipe(LibC.O_NONBLOCK) : default;
        IDisposable? voice = read;
        using (write)
        {
            try
            {
                voice = isByPipe ? new NotifyPipe(read, loop, noticed) : null;
                var (pid, report) = stage.Start(
                    Specification(definition), log.Output, log.Error, write,
                    // Whatever lies at its path by now.
                    definition.Name == ControlNames.Agent ? binary : null);
                try
                {
                    if (definition.Readiness.Kind == ReadinessKind.NotifySocket)
                        voice = notify.Hear(definition.Name, pid, noticed);
                    return new StagedProcess(definition.Name, pid, report, loop, log, strays, cgroups, executed, voice, logs.Say);
                }
                catch
                {
                    // A process that nobody waits for would run beside the one of the next attempt.
                    strays.Kill(definition.Name, pid);
                    report.Dispose();
                    throw;
                }
            }
            catch
            {
                voice?.Dispose();
                throw;
            }
        }
    }

    public IProcess Resume(ServiceDefinition definition, KeptProcess kept, Action executed, Action<Notice> noticed)
    {
        var report = kept.Report is { } number ? inherited?.Take(number) : null;
        IDisposable? voice = definition.Readiness.Kind switch
        {
            ReadinessKind.NotifySocket => notify.Hear(definition.Name, kept.Pid, noticed),
            ReadinessKind.NotifyDescriptor when kept.Notify is { } pipe && inherited?.Take(pipe) is { } read => new NotifyPipe(read, loop, noticed),
            _ => null,
        };
        return new StagedProcess(definition.Name, kept, report ?? new(-1), loop, LogOf(definition), strays, cgroups, executed, voice, logs.Say);
    }

    private Logs.ServiceLog LogOf(ServiceDefinition definition)
    {
        var log = logs.Open(definition.Name);
        log.Secrets = definition.SecretFields.IsEmpty ? Logs.SecretFields.None : new(definition.SecretFields);
        return log;
    }

    private ExecSpec Specification(ServiceDefinition definition)
    {
        var isAgent = definition.Name == ControlNames.Agent;
        string[] mark = [$"{Strays.Mark}={definition.Name}"];
        if (definition.Readiness.Kind == ReadinessKind.NotifySocket)
            mark = [.. mark, $"{NotifySocket.Variable}={notify.Open()}"];
        return new(
            definition.Command,
            // Where etcd is and how to get in stands in PID 1's own environment: no service but the agent sees that.
            isAgent
                ? Merged([.. mark, .. definition.Environment, .. GivenEnvironment.Read(), .. mark])
                : Merged([.. mark, DefaultPath, .. definition.Environment, .. mark]))
        {
            WorkingFolder = definition.WorkingFolder,
            User = definition.Privileges.User,
            Group = definition.Privileges.Group,
            Groups = definition.Privileges.Groups,
            Capabilities = Capabilities(definition.Privileges, isAgent),
            NoNewPrivileges = definition.Privileges.NoNewPrivileges,
            NetworkNamespace = definition.Privileges.NetworkNamespace,
            Limits = ResourceLimits(definition.Limits),
            OomScore = OomScore(definition.Limits, isAgent),
            Nice = definition.Limits.Nice,
            Umask = definition.Limits.Umask ?? DefaultUmask,
            Cgroup = cgroups.Make(definition.Name)?.Folder,
            NotifyDescriptor = definition.Readiness.Kind == ReadinessKind.NotifyDescriptor
                ? int.Parse(definition.Readiness.Target, CultureInfo.InvariantCulture)
                : null,
            CgroupSettings = CgroupSettings(definition.Limits),
        };
    }

    /// <summary>The agent does without what this container does not have: it then says what it could not do. Others must have all that is theirs.</summary>
    private CapabilitySet? Capabilities(Privileges privileges, bool isAgent)
    {
        if (privileges.Capabilities is not { } names)
            return null;
        var bits = 0UL;
        foreach (var name in names)
            bits |= CapabilitySet.TryParse(name, out var capability) ? CapabilitySet.Of(capability).Bits : 0;
        var wanted = new CapabilitySet(bits);
        if (!isAgent)
            return wanted;
        return limits.Capabilities.Has(Capability.CAP_SETPCAP) ? wanted.And(limits.Capabilities) : null;
    }

    /// <summary>PID 1's own score is not handed down. Where it could not be lowered, there is nothing to undo, and the agent's cannot be either.</summary>
    private int? OomScore(Limits of, bool isAgent) => (limits.OomScoreIsOurs, isAgent) switch
    {
        (true, _) => of.OomScore ?? 0,
        (false, true) => null,
        (false, false) => of.OomScore,
    };

    /// <summary>First what PID 1 raised for itself and does not hand down, so that a limit of the definition goes over it.</summary>
    private List<ResourceLimit> ResourceLimits(Limits of)
    {
        List<ResourceLimit> all = limits.ChildOpenFiles is { } files ? [new(Resource.Nofile, (ulong)files, null)] : [];
        foreach (var limit in of.Process)
        {
            if (ResourceLimit.TryParse(limit.Resource, out var resource))
                all.Add(new(resource, limit.Soft, limit.Hard));
        }
        return all;
    }

    /// <summary>All of them each time: what an earlier definition set must not stay.</summary>
    private static (string, string)[] CgroupSettings(Limits of) =>
    [
        ("memory.high", Text(of.MemoryHigh) ?? "max"),
        ("memory.max", Text(of.MemoryMax) ?? "max"),
        ("pids.max", Text(of.PidsMax) ?? "max"),
        ("cpu.weight", Text(of.CpuWeight) ?? "100"),
    ];

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

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
