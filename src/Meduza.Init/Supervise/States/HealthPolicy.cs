using Meduza.Gateway.Render;

namespace Meduza.Init.Supervise.States;

/// <summary>What the health policy remembers of one process.</summary>
/// <param name="AskedAt">Timestamp of the policy's clock when the present check began.</param>
/// <param name="Failures">Checks in a row that failed.</param>
/// <param name="Successes">Checks in a row that succeeded.</param>
/// <param name="IsUnhealthy">True from the threshold of failures to that of successes.</param>
internal readonly record struct HealthState(long AskedAt, int Failures, int Successes, bool IsUnhealthy);

/// <summary>What a look means to the service.</summary>
internal enum HealthTurn
{
    None,
    Unhealthy,
    Healthy,
}

/// <param name="Turn">What changes.</param>
/// <param name="IsOver">True when the check is over; false when it is looked at again.</param>
/// <param name="Next">When the next look is due.</param>
internal readonly record struct HealthDecision(HealthState State, HealthTurn Turn, bool IsOver, TimeSpan Next);

/// <summary>
/// When a service is unhealthy, and when it is well again.
/// <code>
/// look    within the time-out   healthy                             unhealthy
/// good    -                     count of failures 0                 n-th in a row = success threshold: healthy
/// bad     yes                   the same check is looked at again   the same
/// bad     no                    n-th in a row = failure threshold:  count of successes 0
///                               unhealthy
/// </code>
/// A check that is over is followed by the next one after the interval, healthy or not. Only monotonic time counts.
/// </summary>
internal sealed class HealthPolicy(TimeProvider time)
{
    /// <summary>From one look of a check to the next, while it may still succeed.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>A check begins now.</summary>
    public HealthState Asked(HealthState state) => state with { AskedAt = time.GetTimestamp() };

    /// <summary>Something was seen now.</summary>
    /// <param name="check">The thresholds and times.</param>
    /// <param name="state">What is remembered.</param>
    /// <param name="isGood">What was seen.</param>
    /// <param name="isFinal">True for word that is not looked at again, the agent's.</param>
    public HealthDecision Decide(HealthCheck check, HealthState state, bool isGood, bool isFinal = false)
    {
        if (!isGood && !isFinal)
        {
            var left = TimeSpan.FromMilliseconds(check.TimeoutMilliseconds) - time.GetElapsedTime(state.AskedAt);
            if (left > TimeSpan.Zero)
                return new(state, HealthTurn.None, IsOver: false, left < Pause ? left : Pause);
        }
        // Counts stop at their thresholds: what fails for years does not overflow.
        var next = isGood
            ? state with { Failures = 0, Successes = Math.Min(state.Successes + 1, check.SuccessThreshold) }
            : state with { Failures = Math.Min(state.Failures + 1, check.FailureThreshold), Successes = 0 };
        var turn = !state.IsUnhealthy && next.Failures >= check.FailureThreshold ? HealthTurn.Unhealthy
            : state.IsUnhealthy && next.Successes >= check.SuccessThreshold ? HealthTurn.Healthy
            : HealthTurn.None;
        if (turn != HealthTurn.None)
            next = next with { IsUnhealthy = turn == HealthTurn.Unhealthy, Failures = 0, Successes = 0 };
        return new(next, turn, IsOver: true, TimeSpan.FromMilliseconds(check.IntervalMilliseconds));
    }
}
