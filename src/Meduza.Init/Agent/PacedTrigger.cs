namespace Meduza.Init.Agent;

/// <summary>
/// Raises a trigger at the first wish at once, and after it not for a while: a thousand wishes in that while are one, raised at
/// its end. Somebody's script of a thousand changes is not a thousand looks.
/// </summary>
internal sealed class PacedTrigger(Triggers triggers, Trigger trigger, TimeSpan pause, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _wished = new(0);
    private int _isWished;

    /// <summary>Any thread may.</summary>
    public void Wish()
    {
        if (Interlocked.Exchange(ref _isWished, 1) == 0)
            _wished.Release();
    }

    /// <summary>Raises what is wished until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await _wished.WaitAsync(cancellation);
            // First: a wish from here on is another one.
            Interlocked.Exchange(ref _isWished, 0);
            triggers.Raise(trigger);
            await Task.Delay(pause, clock, cancellation);
        }
    }

    public void Dispose() => _wished.Dispose();
}
