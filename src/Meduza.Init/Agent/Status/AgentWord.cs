using Meduza.Gateway.Render;
using Meduza.Init.Control;

namespace Meduza.Init.Agent.Status;

/// <summary>What the agent knows of one process whose readiness, or whose health, is left to it.</summary>
/// <param name="Pid">The process; 0 while nothing is known of any.</param>
/// <param name="IsReady">Whether it does its work.</param>
/// <param name="Lack">What it waits for where it does not, as status shows it.</param>
internal readonly record struct AgentWord(int Pid, bool IsReady, string Lack)
{
    /// <summary>
    /// True when PID 1 has this service otherwise. A level, not an event: whoever looks after a restart of the agent or of
    /// the process says what is to be said, and nothing twice.
    /// </summary>
    public bool IsNewsOf(ServiceStatus service) => IsOf(service) && service.State switch
    {
        ServiceStates.Starting => service.Definition.Readiness.Kind == ReadinessKind.Agent && (IsReady || service.WaitingFor != Lack),
        ServiceStates.Ready => !IsReady,
        ServiceStates.Unhealthy => IsReady,
        _ => false,
    };

    /// <summary>True when this is known of the present process of that service.</summary>
    public bool IsOf(ServiceStatus service) =>
        Pid != 0 && Pid == service.Pid
        && (service.Definition.Readiness.Kind == ReadinessKind.Agent || service.Definition.Health?.Probe.Kind == ReadinessKind.Agent);
}
