using Meduza.Gateway.Render;
using Meduza.Gateway.Render.Mihomo;
using Meduza.Init.Control;

namespace Meduza.Init.Agent.Status;

/// <summary>What the agent says of the services whose readiness or health is left to it: OpenVPN's instances, mihomo, and who answers names.</summary>
/// <param name="daemons">Those that are asked whether they still answer.</param>
/// <param name="askBy">Told how mihomo is asked from now on.</param>
/// <param name="names">What is known of a service by its answers to names; null where it is not judged by those.</param>
internal sealed class AgentWords(OpenVpnStates openVpn, AnswerProbe mihomo, DaemonAnswers daemons, Action<MihomoApi?> askBy, Func<string, AgentWord?> names)
{
    public const string InstancePrefix = "openvpn/";

    /// <summary>What an instance waits for whose tunnel has no other end.</summary>
    public const string OtherEnd = "its other end";

    /// <summary>Looks at the processes that there are now, and at no others.</summary>
    /// <param name="desired">The services that there should be.</param>
    /// <param name="api">How mihomo is asked.</param>
    public async Task FollowAsync(IReadOnlyCollection<ServiceDefinition> desired, MihomoApi? api, IReadOnlyDictionary<string, ServiceStatus> running)
    {
        askBy(api);
        int ProcessOf(ServiceDefinition service) => running.GetValueOrDefault(service.Name)?.Pid ?? 0;

        await openVpn.FollowAsync(desired
            .Where(service => service.Component.StartsWith(InstancePrefix, StringComparison.Ordinal))
            .ToDictionary(service => service.Component[InstancePrefix.Length..], service => new OpenVpnProcess(service.Readiness.Target, ProcessOf(service))));
        var proxy = desired.FirstOrDefault(service => service.Name == TransparentProxy.Service);
        await mihomo.FollowAsync(proxy is null ? 0 : ProcessOf(proxy), proxy?.Readiness.Target ?? "");
        await daemons.FollowAsync(desired, running);
    }

    /// <summary>What is known of a service; null where it is not left to the agent.</summary>
    public AgentWord? Of(ServiceStatus service)
    {
        if (service.Component.StartsWith(InstancePrefix, StringComparison.Ordinal))
        {
            var instance = openVpn[service.Component[InstancePrefix.Length..]];
            return new(instance.Pid, instance.State == OpenVpnStates.Up, OtherEnd);
        }
        return service.Name == TransparentProxy.Service ? Of(mihomo) : names(service.Name) ?? daemons.Of(service.Name);
    }

    private static AgentWord Of(AnswerProbe probe) =>
        probe.IsHealthy is { } isHealthy ? new(probe.Pid, isHealthy, probe.Lack ?? $"an answer of its API at {probe.Address}") : default;

    /// <summary>
    /// True when it has all that this machine can give it, and waits for another one: an outage there is no reason to call
    /// a commit degraded here. One that is about to be replaced still runs with what the commit has changed.
    /// </summary>
    public bool WaitsForOthers(ServiceStatus service) =>
        service.State is ServiceStates.Starting or ServiceStates.Unhealthy
        && service.Component.StartsWith(InstancePrefix, StringComparison.Ordinal) && Of(service) is { IsReady: false } word && word.IsOf(service);
}
