namespace Meduza.Init.Agent.Downloads;

/// <summary>One thing that a <see cref="DownloadKeeper"/> keeps, and how it stands with it.</summary>
internal sealed class DownloadEntry(WantedDownload wanted, FetchSchedule schedule)
{
    public WantedDownload Wanted => wanted;

    public FetchSchedule Schedule => schedule;

    /// <summary>Cancelled when it is wanted no more.</summary>
    public CancellationTokenSource End { get; } = new();

    /// <summary>Null where nothing is there.</summary>
    public KeptCopy? Kept { get; set; }

    /// <summary>What came and is to be judged; null where nothing did.</summary>
    public KeptCopy? Offered { get; set; }

    /// <summary>True from when somebody asks for it to the beginning of the fetch that is the answer.</summary>
    public bool IsAsked { get; set; }

    /// <summary>True while the fetch under way, or what it brought, is what somebody asked for.</summary>
    public bool IsServing { get; set; }

    /// <summary>Why it is not the newest; null where it is.</summary>
    public string? Problem { get; set; }

    public bool IsFailing { get; set; }
    public long Taken { get; set; }
    public long Unmodified { get; set; }
    public long FailedTimes { get; set; }

    /// <summary>How long until it is to be fetched.</summary>
    public TimeSpan Wait => Offered is not null ? Timeout.InfiniteTimeSpan : IsAsked ? TimeSpan.Zero : schedule.Wait;

    /// <param name="kind">Of it.</param>
    public DownloadState State(string kind) => new(kind, wanted.Name, IsFailing, Kept?.FetchedAt, Kept?.Size, Taken, Unmodified, FailedTimes);
}
