namespace Meduza.Init.Agent.Reconcile;

/// <summary>When to try again what failed to apply: after one second, then twice as long each time, at most a minute.</summary>
internal sealed class RetryDelay(TimeProvider clock)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private TimeSpan? _delay;
    private long _failedAt;

    /// <summary>How long until the next try; infinite while nothing has failed.</summary>
    public TimeSpan Wait => _delay is { } delay ? delay - clock.GetElapsedTime(_failedAt) : Timeout.InfiniteTimeSpan;

    public bool IsDue => _delay is not null && Wait <= TimeSpan.Zero;

    /// <summary>A try is over.</summary>
    public void After(bool failed)
    {
        _delay = !failed ? null : _delay is { } last ? (last * 2 < Longest ? last * 2 : Longest) : First;
        _failedAt = clock.GetTimestamp();
    }
}
