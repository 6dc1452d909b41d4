namespace Meduza.Init.Agent.Downloads;

/// <summary>
/// When something is fetched: at once where there is no copy, or one from elsewhere; then again by its interval; after a
/// failure, in 5 s, doubling up to 5 minutes, each shortened by up to a quarter so that a fleet does not ask in step.
/// </summary>
internal sealed class FetchSchedule(TimeProvider clock, Random random)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private long _from;

    /// <summary>From then on; null where it is the interval.</summary>
    private TimeSpan? _delay = TimeSpan.Zero;
    private TimeSpan _age;
    private TimeSpan _nextRetry = First;

    /// <summary>From one fetch to the next; null where it is fetched once.</summary>
    public TimeSpan? Interval { get; set; }

    /// <summary>How long until it is due; zero when it is, infinite where it never will be.</summary>
    public TimeSpan Wait
    {
        get
        {
            if ((_delay ?? Interval - _age) is not { } delay)
                return Timeout.InfiniteTimeSpan;
            var rest = delay - clock.GetElapsedTime(_from);
            return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
        }
    }

    /// <summary>It is due, whatever was.</summary>
    public void Now() => _delay = TimeSpan.Zero;

    /// <summary>It is there.</summary>
    /// <param name="age">Since when, by a clock that may have been set: what is in the future is of now.</param>
    public void Fetched(TimeSpan age)
    {
        _age = age > TimeSpan.Zero ? age : TimeSpan.Zero;
        (_from, _delay, _nextRetry) = (clock.GetTimestamp(), null, First);
    }

    /// <summary>It could not be had.</summary>
    public void Failed()
    {
        (_from, _delay) = (clock.GetTimestamp(), _nextRetry * (1 - random.NextDouble() / 4));
        _nextRetry = _nextRetry * 2 < Longest ? _nextRetry * 2 : Longest;
    }
}
