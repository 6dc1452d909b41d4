namespace Meduza.Init.Agent.Status;

/// <summary>Asks one process for its health, as <see cref="AnswerHealth"/> says.</summary>
/// <param name="pace">How often.</param>
/// <param name="question">What, given the address at which it answers.</param>
/// <param name="changed">Told when its health changed.</param>
internal sealed class AnswerProbe(ProbePace pace, Func<string, IQuestion> question, Action changed, TimeProvider clock) : IAsyncDisposable
{
    private CancellationTokenSource _stop = new();
    private Task _asking = Task.CompletedTask;
    private volatile Answer _answer = new(0, "", null, null);

    private sealed record Answer(int Pid, string Address, bool? IsHealthy, string? Lack);

    /// <summary>The process that is followed; 0 for none.</summary>
    public int Pid => _answer.Pid;

    /// <summary>Where it is asked.</summary>
    public string Address => _answer.Address;

    /// <summary>Null before its first answer.</summary>
    public bool? IsHealthy => _answer.IsHealthy;

    /// <summary>What it lacks that is not healthy although it answers; null where it does not.</summary>
    public string? Lack => _answer.Lack;

    /// <summary>Asks this process and no other. One that was started anew is asked anew.</summary>
    /// <param name="pid">0 for none.</param>
    /// <param name="address">Address and port where it answers.</param>
    public async Task FollowAsync(int pid, string address)
    {
        if (pid == Pid && address == Address)
            return;
        await EndAsync();
        _answer = new(pid, address, null, null);
        if (pid == 0)
            return;
        _stop = new();
        _asking = AskAsync(_answer, _stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _stop.Dispose();
    }

    private async Task EndAsync()
    {
        await _stop.CancelAsync();
        await _asking;
        _stop.Dispose();
        _stop = new();
    }

    private async Task AskAsync(Answer whom, CancellationToken cancellation)
    {
        using var asked = question(whom.Address);
        try
        {
            for (var health = AnswerHealth.Unknown(pace); ;)
            {
                await Task.Delay(health.Wait, clock, cancellation);
                health = health.After(await AnswersAsync(asked, cancellation));
                if (health.IsHealthy == _answer.IsHealthy)
                    continue;
                _answer = whom with { IsHealthy = health.IsHealthy, Lack = health.IsHealthy == false ? asked.Lack : null };
                changed();
            }
        }
        catch (OperationCanceledException)
        {
            // Not followed any more.
        }
    }

    private async Task<bool> AnswersAsync(IQuestion asked, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(pace.Patience);
        try
        {
            return await asked.AskAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
