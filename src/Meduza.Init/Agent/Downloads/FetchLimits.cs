namespace Meduza.Init.Agent.Downloads;

/// <summary>What a fetch may take.</summary>
/// <param name="Total">From the name's resolution to the last byte.</param>
/// <param name="Quiet">Without a byte from the server; infinite where the total is limit enough.</param>
/// <param name="Longest">In bytes, as it comes and unpacked: a small answer that unpacks to a huge one is too long.</param>
internal sealed record FetchLimits(TimeSpan Total, TimeSpan Quiet, int Longest)
{
    /// <summary>Of a subscription.</summary>
    public static FetchLimits Subscription { get; } = new(TimeSpan.FromSeconds(15), Timeout.InfiniteTimeSpan, 16 << 20);

    /// <summary>Of a file: what came of it before a limit of time is gone on from the next time.</summary>
    public static FetchLimits File { get; } = new(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(30), 64 << 20);
}
