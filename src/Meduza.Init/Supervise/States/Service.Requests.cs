using Meduza.Gateway.Render;
using Meduza.Linux.Events;

namespace Meduza.Init.Supervise.States;

/// <summary>What is asked of a service.</summary>
internal sealed partial class Service
{
    /// <summary>A program that does not take its reload signal for so long after its readiness is restarted instead.</summary>
    private static readonly TimeSpan ReloadLimit = TimeSpan.FromSeconds(10);

    private readonly LoopTimer _stopLimit;
    private readonly LoopTimer _reloading;
    private bool _removed;
    private TimeSpan? _reloadSince;
    private TimeSpan _reloadDelay;

    /// <summary>Makes it run: a new chance also for one that failed before.</summary>
    public void Start()
    {
        Wanted = true;
        if (State is ServiceState.Down or ServiceState.Backoff or ServiceState.Failing)
            Again();
        else if (State == ServiceState.Stopping)
            ForgetFailures();
    }

    /// <summary>Makes it rest until it is started again.</summary>
    public void Stop()
    {
        Wanted = false;
        switch (State)
        {
            case ServiceState.Waiting or ServiceState.Completed or ServiceState.Backoff or ServiceState.Failing:
                _retry.Stop();
                Enter(ServiceState.Down);
                break;
            case ServiceState.Starting or ServiceState.Ready or ServiceState.Unhealthy:
                EndProcess();
                break;
            case ServiceState.Stopping:
                Release(); // nobody is held any more once all is to end
                _context.Changed(this); // those that cope with a restart do not with this
                break;
        }
    }

    /// <summary>Makes it run as a new process.</summary>
    public void Restart()
    {
        Wanted = true;
        if (!HasProcess)
        {
            Again();
            return;
        }
        ForgetFailures();
        if (State != ServiceState.Stopping)
            EndProcess();
    }

    /// <summary>Makes it rest and then be forgotten.</summary>
    public void Remove()
    {
        _removed = true;
        // One that rests already has nothing to end, and no later change of its state to be forgotten at.
        if (State == ServiceState.Down)
            Enter(ServiceState.Down);
        else
            Stop();
    }

    /// <summary>
    /// Makes it be as <paramref name="definition"/> says. One that somebody stopped stays down, under its new definition;
    /// one that was being removed is wanted again.
    /// </summary>
    /// <returns>What that took: a value of <see cref="DefineActions"/>.</returns>
    public string Redefine(ServiceDefinition definition)
    {
        var old = Definition;
        Definition = definition;
        if (_removed)
        {
            _removed = false;
            Start();
            return DefineActions.Started;
        }
        if (old.SameProcessAs(definition))
        {
            if (old.Health != definition.Health)
                CheckBy(definition.Health);
            if (old.ReloadRevision == definition.ReloadRevision)
                return DefineActions.Unchanged;
            if (definition.ReloadSignal != 0)
                return Reload() ? DefineActions.Reloaded : DefineActions.Unchanged;
        }
        if (!Wanted)
            return DefineActions.Unchanged;
        Restart();
        return DefineActions.Restarted;
    }

    /// <summary>SIGKILL to its process and all that belongs to it, now.</summary>
    public void Kill() => _process?.KillAll();

    private void Again()
    {
        _retry.Stop();
        ForgetFailures();
        Wait(unasked: false);
    }

    private void ForgetFailures()
    {
        _restart = _restart with { QuickFailures = 0 };
        _failure = null;
    }

    private void EndProcess()
    {
        EndWatching();
        _held = true;
        Enter(ServiceState.Stopping);
        if (_context.Holder(this) is null)
            Release();
    }

    private void EndForFailure(string why, bool isQuick)
    {
        _failure = new(why, isQuick);
        EndProcess();
    }

    /// <summary>
    /// Makes its process read its files again. One that is still starting may have read its files already, or not yet have its handler, without which the
    /// signal would end it: so the signal goes out when it is ready and takes it.
    /// </summary>
    /// <returns>False when there is no process: the next one reads everything anyway.</returns>
    public bool Reload()
    {
        if (State is not (ServiceState.Starting or ServiceState.Ready or ServiceState.Unhealthy))
            return false;
        _reloadSince = _context.Timers.Now;
        _reloadDelay = FirstProbe;
        if (State != ServiceState.Starting)
            TryReload();
        return true;
    }

    private void TryReload()
    {
        if (State is not (ServiceState.Ready or ServiceState.Unhealthy) || _process is null || _reloadSince is not { } since)
            return;
        if (_process.Takes(Definition.ReloadSignal))
        {
            _reloadSince = null;
            _process.Signal(Definition.ReloadSignal);
        }
        else if (_context.Timers.Now - since > ReloadLimit)
        {
            Restart();
        }
        else
        {
            _reloadDelay = Slower(_reloadDelay);
            _reloading.Start(_reloadDelay);
        }
    }
}

/// <summary>What a define did.</summary>
internal static class DefineActions
{
    public const string Unchanged = "unchanged";
    public const string Started = "started";
    public const string Restarted = "restarted";
    public const string Reloaded = "reloaded";
}
