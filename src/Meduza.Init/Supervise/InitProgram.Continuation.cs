using System.Diagnostics;
using Meduza.Init.Control;
using Meduza.Init.Supervise.Boot;
using Meduza.Init.Supervise.Boot.Machine;
using Meduza.Init.Supervise.Continuation;
using Meduza.Init.Supervise.Processes;
using Meduza.Linux;
using Meduza.Linux.Events;
using Meduza.Linux.Process;
using InPlace = Meduza.Linux.Process.Continuation;

namespace Meduza.Init.Supervise;

/// <summary>How PID 1 goes on in place: what it leaves to its next image, what it took over from the one before.</summary>
internal sealed partial class InitProgram : IContinuity
{
    /// <summary>A new program that ran so long without a fault has proved itself.</summary>
    private static readonly TimeSpan Proof = TimeSpan.FromSeconds(10);

    private readonly long _imageStartedAt = Stopwatch.GetTimestamp();
    private readonly Predecessor? _predecessor;
    private readonly Descriptor _binary;
    private readonly StateFile _stateFile;
    private readonly StateKeeper _keeper;
    private readonly Upgrade _upgrade;
    private readonly LoopTimer _proved;
    private KeptHistory _history = new();
    private string? _provoked;
    private (Descriptor Program, Action<string> Refused, Action Going)? _next;

    public InitReport Report => new()
    {
        Version = BuildInfo.Version,
        ImageStartedAt = (long)(_imageStartedAt * (1e9 / Stopwatch.Frequency)),
        Continued = _history.Continued,
        Faults = _predecessor?.Mark.Faults ?? 0,
        LastFault = _history.FaultCause,
        LastFaultTime = _history.FaultTime,
        WentBack = _predecessor?.Mark.Kind == ContinuationKind.BackToPrevious,
    };

    public void GoOnAs(string? program, Action<string> refused, Action going)
    {
        if (_supervisor.IsShuttingDown)
        {
            refused("this machine is shutting down");
            return;
        }
        _upgrade.Begin(program, refused, (file, version) =>
        {
            _logs.Say($"going on in place as {version}");
            _next = (file, refused, going);
        });
    }

    public void Provoke(string fault) => _provoked = fault;

    /// <summary>From here on a fault is survived.</summary>
    private void Arm()
    {
        WriteState();
        InPlace.Arm(_stateFile.Descriptor, _binary, Spawn.OwnEnvironment());
        NoticeOtherThreads();
    }

    /// <summary>The runtime's own threads run next to nothing of ours; what they throw is a fault of the process all the same.</summary>
    private static void NoticeOtherThreads() => AppDomain.CurrentDomain.UnhandledException += (_, e) =>
        InPlace.Fault($"unhandled: {(e.ExceptionObject is Exception fault ? $"{fault.GetType().Name}: {fault.Message}" : "no exception")}");

    private void TurnOnce()
    {
        try
        {
            _loop.Turn();
            if (_provoked is { } kind)
                ProvokedFault.Run(kind);
        }
        catch (Exception e)
        {
            // Nothing above would know what to do, and what is below is broken: the next image begins with what is known.
            InPlace.Fault($"{e.GetType().Name}: {e.Message}");
            throw;
        }
        if (_next is not { } next)
            return;
        _next = null;
        Execute(next.Program, next.Refused, next.Going);
    }

    /// <summary>Returns when that failed, or the end was asked for meanwhile.</summary>
    private void Execute(Descriptor program, Action<string> refused, Action going)
    {
        var isNew = program != _binary;
        string problem;
        try
        {
            if (_supervisor.IsShuttingDown)
            {
                problem = "this machine is shutting down";
            }
            else
            {
                _stateFile.Write(Keep(withTails: true));
                going();
                problem = $"this program goes on, the other cannot be executed: {InPlace.Execute(program, isNew).Message}";
            }
        }
        catch (LinuxException e)
        {
            problem = $"this program goes on, the state cannot be kept: {e.Message}";
        }
        if (isNew)
            program.Dispose();
        _logs.Say($"error: {problem}");
        refused(problem);
    }

    private Descriptor WriteState()
    {
        _stateFile.Write(Keep(withTails: false));
        return _stateFile.Descriptor;
    }

    private KeptState Keep(bool withTails) => new()
    {
        Version = KeptState.CurrentVersion,
        Program = BuildInfo.Version,
        History = _history,
        Limits = _limits.Keep(),
        Services = [.. _supervisor.Keep()],
        Logs = _logs.Keep(withTails),
        Notify = _notify.Keep(),
        Control = _control?.Keep() ?? new(),
        Shutdown = _supervisor.KeepShutdown(_restartMachine),
    };

    /// <summary>Takes over what the image before left, and looks at what happened meanwhile.</summary>
    private void GoOn(Predecessor predecessor)
    {
        NoticeOtherThreads();
        var known = predecessor.Known ?? new();
        TakeHistory(predecessor.Mark, known.History);
        _logs.Resume(known.Logs, predecessor.Descriptors);
        SayWhy(predecessor, known);
        if (_role != Role.Child)
            _cgroups.Take();
        ResumeNotifySocket(known, predecessor.Descriptors);
        _supervisor.Resume(known.Services, (name, fault) => _logs.Say($"warning: {name} is not taken over: {fault}"));
        Listen(known.Control.Listener is { } listener ? predecessor.Descriptors.Take(listener) : null);
        _control?.Resume(known.Control);
        if (known.Shutdown is { } shutdown)
        {
            _restartMachine = shutdown.RestartMachine;
            _supervisor.ResumeShutdown(shutdown, () => _ended = true);
        }
        TakeProcesses(predecessor.Descriptors);
        DefineOwn();
        if (_role == Role.Machine)
            AwaitDevices();
        WatchButton();
        predecessor.Dispose();
        Reap();
        if (predecessor.Mark.Kind is ContinuationKind.NewProgram or ContinuationKind.BackToPrevious && !_supervisor.IsShuttingDown)
            RestartAgent();
        if (predecessor.Previous is not null)
            _proved.Start(Proof);
        _keeper.Changed();
        _settleDown.Start(Quiet);
    }

    private void AwaitDevices()
    {
        try
        {
            if (OwnMachine.GoOn(_logs.Say) is { } network)
                TakeNetwork(network);
        }
        catch (LinuxException e)
        {
            _logs.Say($"warning: devices that come up later get no address: {e.Message}");
        }
    }

    private void ResumeNotifySocket(KeptState known, InheritedDescriptors inherited)
    {
        try
        {
            if (known.Notify is { } notify)
                _notify.Resume(notify, inherited);
        }
        catch (LinuxException e)
        {
            _logs.Say($"warning: what services say of their readiness is not heard until they are restarted: {e.Message}");
        }
    }

    private void TakeHistory(ContinuationMark mark, KeptHistory before)
    {
        _history = before with { Continued = before.Continued + 1 };
        if (mark.Kind is ContinuationKind.Fault or ContinuationKind.BackToPrevious)
            _history = _history with { FaultCause = mark.Cause, FaultTime = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() };
    }

    private void SayWhy(Predecessor predecessor, KeptState known)
    {
        var mark = predecessor.Mark;
        _logs.Say(mark.Kind switch
        {
            ContinuationKind.Fault => $"error: {BuildInfo.Version} goes on after a fault: {mark.Cause}",
            ContinuationKind.BackToPrevious => $"error: {BuildInfo.Version} goes on, since {known.Program} had a fault at its start: {mark.Cause}",
            ContinuationKind.NewProgram => $"{known.Program} goes on as {BuildInfo.Version}",
            _ => $"{BuildInfo.Version} goes on",
        });
        if (predecessor.Problem is { } problem)
            _logs.Say($"warning: {problem}; services are taken over as their processes are found");
    }

    /// <summary>
    /// The state may be older than the processes: one that the image before collected is no child any more, one that it
    /// started last is a child and unknown.
    /// </summary>
    private void TakeProcesses(InheritedDescriptors inherited)
    {
        foreach (var service in _supervisor.Services.Where(s => s.HasProcess && !Reaper.IsChild(s.Pid)).ToArray())
            service.Vanished();
        foreach (var (pid, name, _) in Strays.Marked())
        {
            if (_supervisor.Owner(pid) is not null)
                continue;
            if (!_logs.Has(name))
                _logs.Open(name, FoundPipes.Of(pid, inherited));
            if (_supervisor.Adopt(pid, name))
                _logs.Say($"process {pid} goes on as that of {name}");
        }
    }

    /// <summary>It is this binary too.</summary>
    private void RestartAgent()
    {
        if (_supervisor.Find(ControlNames.Agent) is { Wanted: true } agent)
            agent.Restart();
    }

    private void Prove()
    {
        InPlace.Prove();
        _predecessor?.Previous?.Dispose();
        _logs.Say($"{BuildInfo.Version} has proved itself");
    }
}
