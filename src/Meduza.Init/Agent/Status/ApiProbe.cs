namespace Meduza.Init.Agent.Status;

/// <summary>
/// Asks the HTTP API of one process (mihomo's) for its health, as <see cref="ApiHealth"/> says. Any answer of the API counts,
/// also a refusal: it takes no password, and one that it does not accept any more is no illness.
/// </summary>
internal sealed class ApiProbe(Triggers triggers, TimeProvider clock) : IAsyncDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        // One that hangs and one that went away both have to be met by a connection of their own.
        PooledConnectionLifetime = TimeSpan.Zero,
    });

    private CancellationTokenSource _stop = new();
    private Task _asking = Task.CompletedTask;
    private string _address = "";
    private volatile Answer _answer = new(0, null);

    private sealed record Answer(int Pid, bool? IsHealthy);

    /// <summary>What is known of the process that is followed.</summary>
    public AgentWord Word => _answer is { IsHealthy: { } isHealthy, Pid: var pid } ? new(pid, isHealthy, Lack) : default;

    private string Lack => $"an answer of its API at {_address}";

    /// <summary>Asks this process and no other. One that was started anew is asked anew.</summary>
    /// <param name="pid">0 for none.</param>
    /// <param name="address">Address and port of its API.</param>
    public async Task FollowAsync(int pid, string address)
    {
        if (pid == _answer.Pid && address == _address)
            return;
        await EndAsync();
        (_address, _answer) = (address, new(pid, null));
        if (pid == 0)
            return;
        _stop = new();
        _asking = AskAsync(pid, new Uri($"http://{address}/version"), _stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _client.Dispose();
    }

    private async Task EndAsync()
    {
        await _stop.CancelAsync();
        await _asking;
        _stop.Dispose();
        _stop = new();
    }

    private async Task AskAsync(int pid, Uri uri, CancellationToken cancellation)
    {
        try
        {
            for (var health = ApiHealth.Unknown; ;)
            {
                await Task.Delay(health.Wait, clock, cancellation);
                health = health.After(await AnswersAsync(uri, cancellation));
                if (health.IsHealthy == _answer.IsHealthy)
                    continue;
                _answer = new(pid, health.IsHealthy);
                triggers.Raise(Trigger.Report);
            }
        }
        catch (OperationCanceledException)
        {
            // Not followed any more.
        }
    }

    private async Task<bool> AnswersAsync(Uri uri, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ApiHealth.Patience);
        try
        {
            using var answer = await _client.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // Nobody is there, or no answer came in time.
            return false;
        }
    }
}
