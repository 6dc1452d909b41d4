using Meduza.Init.Agent;
using Meduza.Init.Agent.Status;
using Meduza.Init.Agent.Store;
using Microsoft.Extensions.Logging;

namespace Meduza.Init.Tests.Agent.Store;

/// <summary>A store at work, with what it logs and the triggers that it raises.</summary>
internal sealed class StoreSession : IAsyncDisposable
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private readonly CancellationTokenSource _stop = new();
    private readonly StatusPublisher _publisher;
    private readonly Task _running;

    public StoreSession(NodeSettings settings)
    {
        Book = new(settings.NodeId, TimeProvider.System);
        _publisher = new(Book);
        Store = new(settings, Triggers, [new OnlineLease(settings, TimeProvider.System, _stop.Token), _publisher], TimeProvider.System, Log);
        _running = Store.RunAsync(_stop.Token);
    }

    public Triggers Triggers { get; } = new();
    public CollectedLog Log { get; } = new();
    public StatusBook Book { get; }
    public EtcdStore Store { get; }

    public static NodeSettings Settings(string endpoints, params (string Name, string Value)[] more)
    {
        var variables = new Dictionary<string, string> { ["NODE_ID"] = "gw1", ["ETCD_ENDPOINTS"] = endpoints, ["UPDATE_TTL_SECONDS"] = "5" };
        foreach (var (name, value) in more)
            variables[name] = value;
        var settings = NodeSettings.Parse(variables.GetValueOrDefault, out var errors);
        Assert.Empty(errors);
        return settings!;
    }

    /// <summary>Waits until <paramref name="condition"/> holds after some trigger.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        using var bound = new CancellationTokenSource(Bound);
        while (!condition())
            await Triggers.TakeAsync(Timeout.InfiniteTimeSpan, bound.Token);
    }

    /// <summary>Asks again and again, where nothing tells.</summary>
    public static async Task EventuallyAsync(Func<bool> condition)
    {
        using var bound = new CancellationTokenSource(Bound);
        while (!condition())
            await Task.Delay(50, bound.Token);
    }

    public void Publish() => _publisher.Changed();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _publisher.Dispose();
        _stop.Dispose();
    }
}

/// <summary>Keeps every line that is logged.</summary>
internal sealed class CollectedLog : ILogger
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
                return [.. _lines];
        }
    }

    public async Task<string> LineAsync(Func<string, bool> wanted)
    {
        using var bound = new CancellationTokenSource(StoreSession.Bound);
        while (true)
        {
            Task more;
            lock (_lock)
            {
                if (_lines.FirstOrDefault(wanted) is { } line)
                    return line;
                more = _more.Task;
            }
            await more.WaitAsync(bound.Token);
        }
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lock)
        {
            _lines.Add(formatter(state, exception));
            _more.TrySetResult();
            _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
