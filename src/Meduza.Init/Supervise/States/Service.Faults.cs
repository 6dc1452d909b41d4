using Meduza.Init.Supervise.Processes;

namespace Meduza.Init.Supervise.States;

/// <summary>After a fault in PID 1's own code on behalf of this service.</summary>
internal sealed partial class Service
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A step of this service was broken off, wherever it was: brings it to a state that goes on by itself. A fault
    /// that stays shows as one service that is tried again and again, and never as one that nobody looks after.
    /// </summary>
    public void Recover(Exception fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        if (_process is null)
        {
            EndWatching();
            _stopLimit.Stop();
            LastExit = $"a fault in PID 1: {fault.Message}";
            if (Wanted)
                _retry.Start(AfterFault);
            Enter(Wanted ? ServiceState.Backoff : ServiceState.Down);
        }
        else if (State == ServiceState.Stopping)
        {
            if (!_stopLimit.IsRunning)
                _stopLimit.Start(TimeSpan.FromMilliseconds(_running.StopTimeoutMilliseconds));
        }
        else if (State == ServiceState.Starting && ReadinessProbes.CanLookFor(_running.Readiness.Kind))
        {
            _probing.Start(SlowestProbe);
        }
        else if (State is ServiceState.Ready or ServiceState.Unhealthy)
        {
            DropCheck();
            BeginChecks();
        }
    }
}
