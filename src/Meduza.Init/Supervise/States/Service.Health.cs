using Meduza.Gateway.Render;
using Meduza.Init.Supervise.Processes;
using Meduza.Linux.Events;

namespace Meduza.Init.Supervise.States;

/// <summary>From readiness on: health checks, and what the agent says.</summary>
internal sealed partial class Service
{
    /// <summary>One that the agent calls ready is so by its word, without a threshold.</summary>
    private static readonly HealthCheck AgentsWord = new(new Readiness(ReadinessKind.Agent, "")) { FailureThreshold = 1, SuccessThreshold = 1 };

    private const int LongestComplaint = 256;

    private readonly LoopTimer _checking;
    private IReadinessProbe? _check;
    private HealthState _health;
    private string? _complaint;

    /// <summary>The agent says whether it is ready.</summary>
    /// <param name="pid">The process that it means.</param>
    /// <param name="isReady">What it says.</param>
    /// <param name="why">Why it is not; null where that goes without saying.</param>
    /// <returns>Why that counts for nothing, in one line; null when it counts.</returns>
    public string? Said(int pid, bool isReady, string? why)
    {
        if (pid == 0 || pid != Pid)
            return $"{Name} has no process {pid}: ask for its status again";
        var isStarting = State == ServiceState.Starting && _running.Readiness.Kind == ReadinessKind.Agent;
        if ((isStarting ? AgentsWord : AgentsCheck) is not { } check)
            return $"{Name} is not looked at by the agent: its definition must say so";
        if (isStarting && isReady)
            BecomeReady();
        else if (isStarting)
            StillLacks(why);
        else if (State is ServiceState.Ready or ServiceState.Unhealthy)
            Judge(check, isReady, isFinal: true, why);
        return null;
    }

    private HealthCheck? AgentsCheck =>
        _running.Health?.Probe.Kind == ReadinessKind.Agent ? _running.Health
        : _running.Readiness.Kind == ReadinessKind.Agent ? AgentsWord
        : null;

    private string ComplaintWords => _complaint ?? (_running.Health is { } check ? ReadinessWords.Of(check.Probe) : null) ?? "the agent's word";

    /// <summary>From now on its process is looked at otherwise: what was found the other way counts no more.</summary>
    private void CheckBy(HealthCheck? check)
    {
        // One that is being ended may be of another definition, and the next process is looked at by the new one.
        if (State is not (ServiceState.Starting or ServiceState.Ready or ServiceState.Unhealthy))
            return;
        _running = _running with { Health = check };
        if (State == ServiceState.Starting)
            return;
        EndChecks();
        BeginChecks();
        if (State == ServiceState.Unhealthy)
            Enter(ServiceState.Ready);
    }

    private void BeginChecks()
    {
        if (_running.Health is { Probe.Kind: not ReadinessKind.Agent } check)
            _checking.Start(TimeSpan.FromMilliseconds(check.IntervalMilliseconds));
    }

    private void EndChecks()
    {
        _checking.Stop();
        DropCheck();
        _health = default;
        _complaint = null;
    }

    private void Check()
    {
        if (_running.Health is not { } check)
            return;
        if (_check is null)
        {
            _check = _process!.Probe(check.Probe);
            _health = _context.Health.Asked(_health);
        }
        Judge(check, _check.IsReady(), isFinal: false, why: null);
    }

    private void Judge(HealthCheck check, bool isGood, bool isFinal, string? why)
    {
        (_health, var turn, var isOver, var next) = _context.Health.Decide(check, _health, isGood, isFinal);
        if (isOver)
            DropCheck();
        if (!isFinal)
            _checking.Start(next);
        if (!isGood && isOver)
            _complaint = Shortened(why);
        if (turn == HealthTurn.Healthy)
            Enter(ServiceState.Ready);
        else if (turn == HealthTurn.Unhealthy && check.Restart)
            EndForFailure($"unhealthy: no {ComplaintWords}", isQuick: false);
        else if (turn == HealthTurn.Unhealthy)
            Enter(ServiceState.Unhealthy);
    }

    /// <summary>It is starting, and the agent knows what it waits for.</summary>
    private void StillLacks(string? why)
    {
        why = Shortened(why);
        if (_complaint == why)
            return;
        _complaint = why;
        _context.Changed(this);
    }

    private static string? Shortened(string? why) => why is { Length: > LongestComplaint } ? why[..LongestComplaint] : why;

    private void DropCheck()
    {
        _check?.Dispose();
        _check = null;
    }
}
