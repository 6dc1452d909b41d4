using Meduza.Gateway.Render;
using Meduza.Init.Agent.Names;
using Meduza.Init.Control;

namespace Meduza.Init.Agent.Status;

/// <summary>
/// Whether FRR's daemons and dnsmasq still answer. One that hangs keeps its process, its sockets and its state, and does none of
/// its work: PID 1 starts it anew on this word.
/// </summary>
/// <param name="changed">Told when one began or ceased to answer.</param>
internal sealed class DaemonAnswers(Action changed, TimeProvider clock) : IAsyncDisposable
{
    private readonly Dictionary<string, AnswerProbe> _probes = new(StringComparer.Ordinal);

    /// <summary>Asks the processes that are ready now, and no others: one that starts has the time that its start may take.</summary>
    public async Task FollowAsync(IEnumerable<ServiceDefinition> desired, IReadOnlyDictionary<string, ServiceStatus> running)
    {
        var asked = desired.Where(service => service.Health == HealthCheck.ByAnswers).ToDictionary(service => service.Name);
        foreach (var service in asked.Values)
        {
            _probes.TryAdd(service.Name, service.Name == NameUpstreams.Service
                ? new(ProbePace.Dnsmasq, NameQuestion.OfItself, changed, clock)
                : new(ProbePace.Frr, path => new VtyQuestion(path), changed, clock));
        }
        foreach (var (name, probe) in _probes)
        {
            var service = asked.GetValueOrDefault(name);
            var isThere = running.TryGetValue(name, out var status) && status.State is ServiceStates.Ready or ServiceStates.Unhealthy;
            // Where it shows that it is ready it answers, too.
            await probe.FollowAsync(service is not null && isThere ? status!.Pid : 0, service?.Readiness.Target ?? "");
        }
    }

    /// <summary>What is known of a service; null where it is not asked.</summary>
    public AgentWord? Of(string service) =>
        _probes.GetValueOrDefault(service) is not { } probe ? null
        : probe.IsHealthy is { } isHealthy ? new(probe.Pid, isHealthy, $"answer at {probe.Address}")
        : default(AgentWord);

    public async ValueTask DisposeAsync()
    {
        foreach (var probe in _probes.Values)
            await probe.DisposeAsync();
    }
}
