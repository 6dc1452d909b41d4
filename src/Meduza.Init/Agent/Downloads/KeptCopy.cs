namespace Meduza.Init.Agent.Downloads;

/// <summary>The last good copy of something that was fetched, and what is known of it.</summary>
/// <param name="Validators">Of the answer that brought it.</param>
/// <param name="Source">From where, as <see cref="DownloadFolder.Mark"/> has it.</param>
/// <param name="FetchedAt">When that source was last found to have this; milliseconds since 1970.</param>
internal abstract record KeptCopy(Validators Validators, string Source, long FetchedAt)
{
    /// <summary>In bytes.</summary>
    public abstract long Size { get; }
}

/// <summary>What came of a fetch.</summary>
/// <param name="Copy">What there is now.</param>
/// <param name="IsNew">False where its content is the same still.</param>
/// <param name="Way">How it was got, as what follows "fetched": <c>directly</c>, <c>through the proxy</c>, <c>from its source</c>.</param>
internal sealed record FetchedCopy(KeptCopy Copy, bool IsNew, string Way);
