using Meduza.Init.Control;

namespace Meduza.Init.Supervise.States;

/// <summary>Where a service is; see docs/design/supervision.md for the machine.</summary>
internal enum ServiceState
{
    /// <summary>No process, and none is wanted.</summary>
    Down,

    /// <summary>A process is wanted, and services that must be ready first are not.</summary>
    Waiting,

    /// <summary>There is a process, not known to do its work yet.</summary>
    Starting,

    /// <summary>There is a process that showed its readiness.</summary>
    Ready,

    /// <summary>There is a process, which was ready once and fails its health check.</summary>
    Unhealthy,

    /// <summary>A oneshot whose process ended well; there is none any more.</summary>
    Completed,

    /// <summary>Its process was asked to end, or is held until those that must end before it have.</summary>
    Stopping,

    /// <summary>Its process failed; the next one is started when the delay is over.</summary>
    Backoff,

    /// <summary>The same after <see cref="RestartPolicy.FailuresUntilFailing"/> quick failures in a row.</summary>
    Failing,
}

internal static class ServiceStateWords
{
    /// <summary>As it appears in status and JSON.</summary>
    public static string Word(this ServiceState state) => state switch
    {
        ServiceState.Down => ServiceStates.Down,
        ServiceState.Waiting => ServiceStates.Waiting,
        ServiceState.Starting => ServiceStates.Starting,
        ServiceState.Ready => ServiceStates.Ready,
        ServiceState.Unhealthy => ServiceStates.Unhealthy,
        ServiceState.Completed => ServiceStates.Completed,
        ServiceState.Stopping => ServiceStates.Stopping,
        ServiceState.Backoff => ServiceStates.Backoff,
        _ => ServiceStates.Failing,
    };
}
