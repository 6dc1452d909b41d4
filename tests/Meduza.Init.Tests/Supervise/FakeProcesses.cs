using Meduza.Gateway.Render;
using Meduza.Init.Supervise.Continuation;
using Meduza.Init.Supervise.Processes;
using Meduza.Linux;
using Meduza.Linux.Process;

namespace Meduza.Init.Tests.Supervise;

/// <summary>Processes that do what a test says, and note what was done to them.</summary>
internal sealed class FakeProcesses : IProcesses
{
    private int _lastPid = 100;

    /// <summary>All ever started, oldest first.</summary>
    public List<FakeProcess> Started { get; } = [];

    /// <summary>What happened, in order: <c>start a</c>, <c>signal a 15</c>, <c>kill a</c>.</summary>
    public List<string> Story { get; } = [];

    /// <summary>When set, no process can be made: the errno.</summary>
    public int NoMore { get; set; }

    /// <summary>Calls that throw what no caller expects, as <c>start a</c>, <c>probe</c>, <c>signal a</c>, <c>kill a</c>, <c>ended a</c>.</summary>
    public HashSet<string> Faults { get; } = [];

    /// <summary>Kinds of readiness that show just now.</summary>
    public HashSet<string> ReadyTargets { get; } = [];

    public int OpenProbes { get; private set; }

    public IProcess Start(ServiceDefinition definition, Action executed, Action<Notice> noticed)
    {
        Fault($"start {definition.Name}");
        if (NoMore != 0)
            throw new LinuxException("spawn", definition.Command[0], NoMore);
        var process = new FakeProcess(this, definition, ++_lastPid, executed, noticed);
        Started.Add(process);
        Story.Add($"start {definition.Name}");
        return process;
    }

    public IProcess Resume(ServiceDefinition definition, KeptProcess kept, Action executed, Action<Notice> noticed)
    {
        var process = new FakeProcess(this, definition, kept.Pid, executed, noticed);
        Started.Add(process);
        Story.Add($"resume {definition.Name}");
        return process;
    }

    public IReadinessProbe Probe(Readiness readiness)
    {
        OpenProbes++;
        return new FakeProbe(this, readiness.Target);
    }

    public void Fault(string call)
    {
        if (Faults.Contains(call))
            throw new InvalidOperationException($"a fault in {call}");
    }

    private sealed class FakeProbe(FakeProcesses processes, string target) : IReadinessProbe
    {
        public bool IsReady()
        {
            processes.Fault("probe");
            return processes.ReadyTargets.Contains(target);
        }

        public void Dispose() => processes.OpenProbes--;
    }
}

internal sealed class FakeProcess(FakeProcesses processes, ServiceDefinition definition, int pid, Action executed, Action<Notice> noticed) : IProcess
{
    public int Pid => pid;
    public MemoryUse Memory => default;
    public ServiceDefinition Definition => definition;
    public List<int> Got { get; } = [];
    public HashSet<int> Handled { get; } = [];
    public bool Killed { get; private set; }
    public bool IsGone { get; private set; }

    /// <summary>Why its program was not executed, when it was not.</summary>
    public string? Failure { get; set; }

    /// <summary>True once it said that it stops.</summary>
    public bool SaidStopping { get; private set; }

    public void Execute() => executed();

    /// <summary>It says something of itself.</summary>
    public void Say(Notice notice)
    {
        SaidStopping |= notice.IsStopping;
        noticed(notice);
    }

    public IReadinessProbe Probe(Readiness sign) => processes.Probe(sign);

    public void Signal(int signal)
    {
        Assert.False(IsGone, "a signal to a process that was collected");
        processes.Fault($"signal {definition.Name}");
        Got.Add(signal);
        processes.Story.Add($"signal {definition.Name} {signal}");
    }

    public KeptProcess Keep() => new() { Pid = pid };

    public bool Takes(int signal) => Handled.Contains(signal);

    public void KillAll()
    {
        Assert.False(IsGone, "a kill of a process that was collected");
        processes.Fault($"kill {definition.Name}");
        Killed = true;
        processes.Story.Add($"kill {definition.Name}");
    }

    public string Ended(Exit exit)
    {
        Assert.False(IsGone);
        IsGone = true;
        processes.Fault($"ended {definition.Name}");
        return Failure ?? exit.ToString();
    }
}
