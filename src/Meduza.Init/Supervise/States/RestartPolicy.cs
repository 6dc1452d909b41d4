namespace Meduza.Init.Supervise.States;

/// <summary>What the restart policy remembers of one service.</summary>
/// <param name="StartedAt">Timestamp of the policy's clock when its last process was started.</param>
/// <param name="QuickFailures">How many processes in a row ended before they had run <see cref="RestartPolicy.LongRun"/>.</param>
internal readonly record struct RestartState(long StartedAt, int QuickFailures)
{
    public bool IsFailing => QuickFailures >= RestartPolicy.FailuresUntilFailing;
}

/// <summary>
/// When a process that ended without being asked to is started again. There is no dead end: the delay grows, the retries
/// go on.
/// <code>
/// ran longer than 10 s                      at once, and the count of quick failures starts anew
/// n-th quick failure in a row, n &lt; 5        0.5 s · 2^(n-1)
/// from the fifth on: failing                the same, but no less than the retry interval
/// </code>
/// A failure that is quick by its nature (a oneshot's, a start time-out) is one however long the process ran.
/// Each delay is lengthened by up to a fifth at random, so that services that fell together do not rise together; the
/// exponential part stays below 60 s with that. Only monotonic time counts.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="retryInterval">Shortest delay while failing (<c>SUPERVISOR_RETRY_INTERVAL</c>).</param>
/// <param name="random">Numbers from 0 to below 1.</param>
internal sealed class RestartPolicy(TimeProvider time, TimeSpan retryInterval, Func<double> random)
{
    public const int FailuresUntilFailing = 5;

    /// <summary>A process that ran longer than this had started well.</summary>
    public static readonly TimeSpan LongRun = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(50);
    private const double Jitter = 0.2;

    /// <summary>A process is being started now.</summary>
    public RestartState Started(RestartState state) => state with { StartedAt = time.GetTimestamp() };

    /// <summary>The process ended now: when does the next one start?</summary>
    /// <param name="state">What is remembered of the service.</param>
    /// <param name="isQuick">True when it counts as a quick failure however long it ran.</param>
    public (RestartState State, TimeSpan Delay) Decide(RestartState state, bool isQuick = false)
    {
        if (!isQuick && time.GetElapsedTime(state.StartedAt) > LongRun)
            return (state with { QuickFailures = 0 }, TimeSpan.Zero);

        var next = state with { QuickFailures = state.QuickFailures + 1 };
        var delay = First * Math.Pow(2, Math.Min(next.QuickFailures - 1, 16));
        if (delay > Longest)
            delay = Longest;
        if (next.IsFailing && delay < retryInterval)
            delay = retryInterval;
        return (next, delay * (1 + Jitter * random()));
    }
}
