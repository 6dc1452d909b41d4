namespace Meduza.Gateway.Render;

/// <summary>How a ready service is looked at from then on. One without a check is never looked at.</summary>
/// <param name="Probe">What to look for: any sign that can be looked for, or the agent's word.</param>
/// <remarks>Absent fields of its JSON take the values given here.</remarks>
public sealed record HealthCheck(Readiness Probe)
{
    public Readiness Probe { get; init => field = value ?? Readiness.Started; } = Probe ?? Readiness.Started;

    /// <summary>By the answers that the agent gets: one that gives it none any more hangs, and is started anew.</summary>
    public static HealthCheck ByAnswers { get; } = new(new Readiness(ReadinessKind.Agent, "")) { FailureThreshold = 1, Restart = true };

    /// <summary>Milliseconds from one check to the next (10,000). The agent's words come when they come.</summary>
    public int IntervalMilliseconds { get; init => field = value == 0 ? 10_000 : value; } = 10_000;

    /// <summary>Milliseconds until a check that has not succeeded has failed (1,000).</summary>
    public int TimeoutMilliseconds { get; init => field = value == 0 ? 1_000 : value; } = 1_000;

    /// <summary>How many failures in a row make it unhealthy (3).</summary>
    public int FailureThreshold { get; init => field = value == 0 ? 3 : value; } = 3;

    /// <summary>How many successes in a row make an unhealthy one ready again (1).</summary>
    public int SuccessThreshold { get; init => field = value == 0 ? 1 : value; } = 1;

    /// <summary>True to restart an unhealthy service instead of waiting for it to recover.</summary>
    public bool Restart { get; init; }
}
