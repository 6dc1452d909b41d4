namespace Meduza.Init.Agent.Status;

/// <summary>How often a program is asked whether it still does its work, and what is made of its answers.</summary>
/// <param name="Patience">How long an answer may take.</param>
/// <param name="First">From its start to the first question; twice as long after each that it does not answer.</param>
/// <param name="Interval">From an answer to the next question.</param>
/// <param name="Soon">From a question without an answer to the next.</param>
/// <param name="Threshold">How many in a row without an answer make it unhealthy.</param>
/// <param name="Chances">How many it may leave without an answer at its start before it is unhealthy.</param>
/// <param name="Recovery">How many answers in a row make it healthy again.</param>
internal sealed record ProbePace(TimeSpan Patience, TimeSpan First, TimeSpan Interval, TimeSpan Soon, int Threshold, int Chances, int Recovery)
{
    /// <summary>mihomo's API: one that hangs is known to within 1.5 + 1 + 0.25 + 1 = 3.75 s.</summary>
    public static ProbePace Api { get; } = new(
        Patience: TimeSpan.FromSeconds(1), First: TimeSpan.FromMilliseconds(20), Interval: TimeSpan.FromSeconds(1.5),
        Soon: TimeSpan.FromMilliseconds(250), Threshold: 2, Chances: int.MaxValue, Recovery: 1);

    /// <summary>
    /// A resolver: one that hangs is known to within 0.12 + 3 × 0.12 = 0.48 s, before dnsmasq asks it a third time. Each change
    /// empties dnsmasq's cache, so one that answers now and then stays out.
    /// </summary>
    public static ProbePace Names { get; } = new(
        Patience: TimeSpan.FromMilliseconds(120), First: TimeSpan.FromMilliseconds(10), Interval: TimeSpan.FromMilliseconds(120),
        Soon: TimeSpan.Zero, Threshold: 3, Chances: 10, Recovery: 3);

    /// <summary>A resolver elsewhere, which serves others too: one that hangs is known to within 5 + 2 × 1 = 7 s, at first within 2.</summary>
    public static ProbePace Fallback { get; } = new(
        Patience: TimeSpan.FromSeconds(1), First: TimeSpan.FromMilliseconds(10), Interval: TimeSpan.FromSeconds(5),
        Soon: TimeSpan.Zero, Threshold: 2, Chances: 2, Recovery: 2);

    /// <summary>
    /// dnsmasq itself, which is in one thread and answers at once: one that hangs is known to within 5 + 3 × 1 + 2 × 1 = 10 s. It is
    /// ended for it, so a machine that had no time for it must not look so.
    /// </summary>
    public static ProbePace Dnsmasq { get; } = new(
        Patience: TimeSpan.FromSeconds(1), First: TimeSpan.FromMilliseconds(100), Interval: TimeSpan.FromSeconds(5),
        Soon: TimeSpan.FromSeconds(1), Threshold: 3, Chances: 10, Recovery: 1);

    /// <summary>
    /// A routing daemon: one that hangs is known to within 20 + 20 + 10 + 20 = 70 s. To end one that works costs its sessions, so one that
    /// has much to do, or a machine that was asleep, must not look so.
    /// </summary>
    public static ProbePace Frr { get; } = new(
        Patience: TimeSpan.FromSeconds(20), First: TimeSpan.FromSeconds(1), Interval: TimeSpan.FromSeconds(20),
        Soon: TimeSpan.FromSeconds(10), Threshold: 2, Chances: 4, Recovery: 1);
}
