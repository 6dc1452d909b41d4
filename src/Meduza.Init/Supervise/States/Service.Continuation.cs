using Meduza.Gateway.Render;
using Meduza.Init.Supervise.Continuation;
using Meduza.Init.Supervise.Processes;
using Meduza.Linux.Process;

namespace Meduza.Init.Supervise.States;

/// <summary>A service from one image of PID 1 to the next: all that changes in it stands here, twice.</summary>
internal sealed partial class Service
{
    public KeptService Keep() => new()
    {
        Definition = Definition,
        Running = ReferenceEquals(_running, Definition) ? null : _running,
        State = State,
        Wanted = Wanted,
        Removed = _removed,
        Unasked = _unasked,
        Serial = Serial,
        Restarts = Restarts,
        LastExit = LastExit,
        WaitingFor = _waitingFor,
        StartedOn = [.. _startedOn],
        Held = _held,
        Failure = _failure is { } failure ? new(failure.Why, failure.IsQuick) : null,
        StartedAt = _restart.StartedAt,
        QuickFailures = _restart.QuickFailures,
        RetryAt = _retry.Due,
        StartLimitAt = _startLimit.Due,
        ProbeAt = _probing.Due,
        ProbeDelay = _probeDelay,
        StopLimitAt = _stopLimit.Due,
        ReloadSince = _reloadSince,
        ReloadAt = _reloading.Due,
        ReloadDelay = _reloadDelay,
        CheckAt = _checking.Due,
        CheckFailures = _health.Failures,
        CheckSuccesses = _health.Successes,
        Unhealthy = _health.IsUnhealthy,
        Complaint = _complaint,
        StatusText = StatusText,
        Process = _process?.Keep(),
    };

    /// <summary>The service as it was kept. Nothing is started and nobody is told.</summary>
    public static Service Resume(KeptService kept, ServiceContext context)
    {
        var service = new Service(kept.Definition, context)
        {
            _running = kept.Running ?? kept.Definition,
            State = kept.State,
            Wanted = kept.Wanted,
            _removed = kept.Removed,
            _unasked = kept.Unasked,
            Serial = kept.Serial,
            Restarts = kept.Restarts,
            LastExit = kept.LastExit,
            _waitingFor = kept.WaitingFor,
            _startedOn = [.. kept.StartedOn],
            _held = kept.Held,
            _failure = kept.Failure is { } failure ? new(failure.Why, failure.IsQuick) : null,
            _restart = new(kept.StartedAt, kept.QuickFailures),
            _probeDelay = kept.ProbeDelay,
            _reloadSince = kept.ReloadSince,
            _reloadDelay = kept.ReloadDelay,
            _health = new(AskedAt: 0, kept.CheckFailures, kept.CheckSuccesses, kept.Unhealthy),
            _complaint = kept.Complaint,
            StatusText = kept.StatusText,
        };
        service._retry.StartAt(kept.RetryAt);
        service._startLimit.StartAt(kept.StartLimitAt);
        service._probing.StartAt(kept.ProbeAt);
        service._stopLimit.StartAt(kept.StopLimitAt);
        service._reloading.StartAt(kept.ReloadAt);
        service._checking.StartAt(kept.CheckAt);
        if (kept.Process is { } process)
            service._process = service.ResumeProcess(process);
        if (kept.ProbeAt is not null)
            service._probe = service._process?.Probe(service._running.Readiness);
        return service;
    }

    /// <summary>A process that was found alive is its process: one whose start the state does not have.</summary>
    public void Adopt(int pid)
    {
        if (HasProcess)
            return;
        _retry.Stop();
        Wanted = true;
        _running = Definition;
        _restart = _context.Policy.Started(_restart);
        _failure = null;
        NoteRequired();
        Serial++;
        _process = ResumeProcess(new() { Pid = pid, StageDone = true });
        LimitStart();
        Enter(ServiceState.Starting);
        // Who says it once does not say it again: it would be stopped for its silence.
        if (_running.Readiness.Kind is ReadinessKind.NotifyDescriptor or ReadinessKind.NotifySocket)
            BecomeReady();
        else
            Executed();
    }

    private IProcess ResumeProcess(KeptProcess kept) => _context.Processes.Resume(
        _running, kept, () => _context.Contain(this, Executed), notice => _context.Contain(this, () => Noticed(notice)));

    /// <summary>Its process ended, and the image that collected it could not tell.</summary>
    public void Vanished()
    {
        if (_process is { } process)
            Exited(new Exit(process.Pid, 0, 0), "ended unseen, in a fault of meduza-init");
    }
}
