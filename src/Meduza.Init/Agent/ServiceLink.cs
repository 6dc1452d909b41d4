using System.Collections.Concurrent;
using System.Collections.Immutable;
using Meduza.Gateway.Render;
using Meduza.Init.Control;

namespace Meduza.Init.Agent;

/// <summary>
/// The agent's side of the control socket: it asks PID 1 for services, and hears of what happens to them. When the
/// connection ends the agent ends too: PID 1 starts another one, which asks what is there.
/// </summary>
internal sealed class ServiceLink : IAsyncDisposable
{
    private readonly ControlClient _client;
    private readonly ConcurrentDictionary<string, ServiceStatus> _services = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<long> _reconciles = new();

    private ServiceLink(ControlClient client) => _client = client;

    /// <summary>All services that PID 1 has, the agent's own excepted, as last heard.</summary>
    public IReadOnlyDictionary<string, ServiceStatus> Services => _services;

    public static async Task<ServiceLink> ConnectAsync(string path, CancellationToken cancellation) =>
        new(await ControlClient.ConnectAsync(path, cancellation));

    /// <summary>Hears PID 1's events and raises triggers, until the connection ends.</summary>
    /// <exception cref="ControlLostException">The connection ended.</exception>
    public async Task RunAsync(Triggers triggers, CancellationToken cancellation)
    {
        try
        {
            await ListenAsync(triggers, cancellation);
        }
        catch (IOException e)
        {
            throw new ControlLostException(e.Message, e);
        }
    }

    private async Task ListenAsync(Triggers triggers, CancellationToken cancellation)
    {
        await foreach (var reply in _client.StreamAsync(new() { Verb = Verbs.Attach }, cancellation))
        {
            if (reply.Error is { } error)
                throw new ControlLostException($"PID 1 refuses the agent: {error}");
            foreach (var service in reply.Services)
                Heard(service);
            if (reply.Event == "reconcile")
            {
                _reconciles.Enqueue(reply.Reconcile);
                triggers.Raise(Trigger.Full);
            }
            else
            {
                triggers.Raise(Trigger.Observe | Trigger.Report);
            }
        }
    }

    /// <summary>Reads all services anew: events tell of changes, and only of those after the attach.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        var reply = await SendAsync(new() { Verb = Verbs.Status }, cancellation);
        foreach (var gone in _services.Keys.Except(reply.Services.Select(service => service.Name)).ToList())
            _services.TryRemove(gone, out _);
        foreach (var service in reply.Services)
            Heard(service);
    }

    /// <summary>Has PID 1 run <paramref name="definition"/>, and nothing else under its name.</summary>
    public Task DefineAsync(ServiceDefinition definition, CancellationToken cancellation) =>
        SendAsync(new() { Verb = Verbs.Define, Definition = definition }, cancellation);

    /// <summary>Stops a service for good; done when its process is gone.</summary>
    public async Task RemoveAsync(string name, CancellationToken cancellation)
    {
        await SendAsync(new() { Verb = Verbs.Remove, Services = [name] }, cancellation);
        _services.TryRemove(name, out _);
    }

    public Task ReportAsync(AgentReport report, CancellationToken cancellation) =>
        SendAsync(new() { Verb = Verbs.Report, Report = report }, cancellation);

    /// <summary>Whoever asked for a reconcile up to now.</summary>
    public ImmutableArray<long> TakeReconciles()
    {
        var taken = ImmutableArray.CreateBuilder<long>();
        while (_reconciles.TryDequeue(out var id))
            taken.Add(id);
        return taken.ToImmutable();
    }

    /// <summary>Answers those who asked for a reconcile.</summary>
    public async Task ReconciledAsync(ImmutableArray<long> reconciles, string? error, CancellationToken cancellation)
    {
        foreach (var id in reconciles)
            await SendAsync(new() { Verb = Verbs.Reconciled, Reconcile = id, Error = error }, cancellation);
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private void Heard(ServiceStatus service)
    {
        if (service.Name != ControlNames.Agent)
            _services[service.Name] = service;
    }

    /// <exception cref="ControlLostException">The connection ended.</exception>
    /// <exception cref="IOException">PID 1 refused.</exception>
    private async Task<ControlReply> SendAsync(ControlRequest request, CancellationToken cancellation)
    {
        ControlReply reply;
        try
        {
            reply = await _client.SendAsync(request, cancellation);
        }
        catch (IOException e)
        {
            throw new ControlLostException(e.Message, e);
        }
        return reply.Error is { } error ? throw new IOException($"PID 1 refuses '{request.Verb}': {error}") : reply;
    }
}

/// <summary>There is no way to PID 1 any more: the agent has nothing to do but end, and be started again.</summary>
internal sealed class ControlLostException(string message, Exception? cause = null) : Exception(message, cause);
