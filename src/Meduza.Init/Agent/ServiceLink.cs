using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.Sockets;
using Meduza.Gateway.Render;
using Meduza.Init.Agent.Downloads;
using Meduza.Init.Agent.Status;
using Meduza.Init.Control;

namespace Meduza.Init.Agent;

/// <summary>
/// The agent's side of the control socket: it asks PID 1 for services, and hears of what happens to them. The connection
/// ends when PID 1 goes on in place: then the agent connects again and asks again for what was not answered (each request
/// says how it is to be, so that twice is once). When nobody is there any more the agent ends.
/// </summary>
internal sealed class ServiceLink : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    private readonly string _path;
    private readonly ConcurrentDictionary<string, ServiceStatus> _services = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<ControlReply> _reconciles = new();
    private long _refresh;
    private bool? _isBoot;

    private volatile Connection _connection;

    private ServiceLink(string path, ControlClient client) => (_path, _connection) = (path, new(client));

    /// <param name="Client">Good until it ends.</param>
    private sealed record Connection(ControlClient Client)
    {
        /// <summary>Done when there is another in its place, or none will be.</summary>
        public TaskCompletionSource Replaced { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>All services that PID 1 has, its own excepted, as last heard.</summary>
    public IReadOnlyDictionary<string, ServiceStatus> Services => _services;

    /// <summary>True where PID 1 had none when this agent asked first: the machine has just begun.</summary>
    public bool IsBoot => _isBoot == true;

    /// <summary>True once PID 1 has said which those are.</summary>
    public bool HasHeard { get; private set; }

    /// <summary>Something else is known of them.</summary>
    public event Action? Heard;

    public static async Task<ServiceLink> ConnectAsync(string path, CancellationToken cancellation) =>
        new(path, await ControlClient.ConnectAsync(path, cancellation));

    /// <summary>Hears PID 1's events and raises triggers, as long as there is a PID 1.</summary>
    /// <exception cref="ControlLostException">There is none any more.</exception>
    public async Task RunAsync(Triggers triggers, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await ListenAsync(triggers, cancellation);
            }
            catch (IOException e)
            {
                await ReconnectAsync(e, cancellation);
            }
        }
    }

    private async Task ReconnectAsync(IOException ended, CancellationToken cancellation)
    {
        var old = _connection;
        for (var end = Environment.TickCount64 + (long)Patience.TotalMilliseconds; ; await Task.Delay(LookAgain, cancellation))
        {
            try
            {
                _connection = new(await ControlClient.ConnectAsync(_path, cancellation));
                old.Replaced.SetResult();
                await old.Client.DisposeAsync();
                return;
            }
            catch (SocketException) when (Environment.TickCount64 < end)
            {
                // Its listener outlives its images: this is the moment between two, or the end.
            }
            catch (SocketException)
            {
                var lost = new ControlLostException(ended.Message, ended);
                old.Replaced.SetException(lost);
                throw lost;
            }
        }
    }

    private async Task ListenAsync(Triggers triggers, CancellationToken cancellation)
    {
        await foreach (var reply in _connection.Client.StreamAsync(new() { Verb = Verbs.Attach }, cancellation))
        {
            if (reply.Error is { } error)
                throw new ControlLostException($"PID 1 refuses the agent: {error}");
            foreach (var service in reply.Services)
                Note(service);
            HasHeard = true;
            Heard?.Invoke();
            if (reply.Event is "reconcile" or "rollback")
            {
                _reconciles.Enqueue(reply);
                triggers.Raise(reply.Snapshot is null ? Trigger.Full : Trigger.Observe);
            }
            else if (reply.Event == "refresh")
            {
                Interlocked.Exchange(ref _refresh, reply.Reconcile);
                triggers.Raise(Trigger.Report);
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
            Note(service);
        _isBoot ??= _services.IsEmpty;
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

    /// <summary>Has a service read its files again, by its reload signal; done when that is under way. One without a process reads them anyway.</summary>
    public Task ReloadAsync(string name, CancellationToken cancellation) =>
        SendAsync(new() { Verb = Verbs.Reload, Services = [name] }, cancellation);

    /// <summary>
    /// Says of a process whether it is ready. PID 1 refuses the word where the process has gone meanwhile, and that is right:
    /// of the next one there is another word.
    /// </summary>
    public Task SayAsync(string service, AgentWord word, CancellationToken cancellation) => AnswerAsync(
        new() { Verb = Verbs.Ready, Services = [service], Pid = word.Pid, Ready = word.IsReady, Error = word.IsReady ? null : word.Lack }, cancellation);

    public Task ReportAsync(AgentReport report, CancellationToken cancellation) =>
        SendAsync(new() { Verb = Verbs.Report, Report = report }, cancellation);

    /// <summary>Whoever asked for a reconcile up to now, and to which of the applied commits to go back, where that was asked for last.</summary>
    public (ImmutableArray<long> Numbers, int? Back) TakeReconciles()
    {
        var taken = ImmutableArray.CreateBuilder<long>();
        int? back = null;
        while (_reconciles.TryDequeue(out var asked))
        {
            taken.Add(asked.Reconcile);
            back = asked.Snapshot ?? back;
        }
        return (taken.ToImmutable(), back);
    }

    /// <summary>Answers those who asked for a reconcile.</summary>
    public async Task ReconciledAsync(ImmutableArray<long> reconciles, string? error, CancellationToken cancellation)
    {
        foreach (var id in reconciles)
            await SendAsync(new() { Verb = Verbs.Reconciled, Reconcile = id, Error = error }, cancellation);
    }

    /// <summary>The last that asked to fetch anew; null where nobody did since.</summary>
    public long? TakeRefresh() => Interlocked.Exchange(ref _refresh, 0) is > 0 and var number ? number : null;

    /// <summary>Answers those who asked to fetch anew.</summary>
    public Task RefreshedAsync(RefreshOutcome outcome, CancellationToken cancellation) =>
        SendAsync(new() { Verb = Verbs.Refreshed, Reconcile = outcome.Number, Text = outcome.Text, Error = outcome.Error }, cancellation);

    public ValueTask DisposeAsync() => _connection.Client.DisposeAsync();

    private void Note(ServiceStatus service)
    {
        if (!ControlNames.IsPid1s(service.Name))
            _services[service.Name] = service;
    }

    /// <exception cref="ControlLostException">There is no PID 1 any more.</exception>
    /// <exception cref="IOException">PID 1 refused.</exception>
    private async Task<ControlReply> SendAsync(ControlRequest request, CancellationToken cancellation)
    {
        var reply = await AnswerAsync(request, cancellation);
        return reply.Error is { } error ? throw new IOException($"PID 1 refuses '{request.Verb}': {error}") : reply;
    }

    private async Task<ControlReply> AnswerAsync(ControlRequest request, CancellationToken cancellation)
    {
        while (true)
        {
            var connection = _connection;
            try
            {
                return await connection.Client.SendAsync(request, cancellation);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                await connection.Replaced.Task.WaitAsync(cancellation);
            }
        }
    }
}

/// <summary>There is no way to PID 1 any more: the agent has nothing to do but end, and be started again.</summary>
internal sealed class ControlLostException(string message, Exception? cause = null) : Exception(message, cause);
