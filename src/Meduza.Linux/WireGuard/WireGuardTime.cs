namespace Meduza.Linux.WireGuard;

/// <summary>Times of handshakes, as WireGuard tells them.</summary>
internal static class WireGuardTime
{
    private static readonly long MaxSeconds = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <returns>Null for zero, which says that there was no handshake, and for what is no time.</returns>
    public static DateTimeOffset? FromUnix(long seconds, long nanoseconds) =>
        (seconds, nanoseconds) == (0, 0) || seconds < 0 || seconds >= MaxSeconds || nanoseconds is < 0 or >= 1_000_000_000
            ? null
            : DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
}
