using Meduza.Linux;

namespace Meduza.Init.Agent.Downloads;

/// <summary>How things of one kind are got, and where the last good copy of each is kept. Called by one thread for each name.</summary>
internal interface IDownloadSource
{
    /// <summary>Where they are kept.</summary>
    string Folder { get; }

    /// <summary>What is kept under a name; null where nothing is, or nothing that can be used.</summary>
    /// <param name="warn">Told of what is there and cannot be used.</param>
    KeptCopy? Load(WantedDownload wanted, Action<string> warn);

    /// <summary>Fetches one, and keeps it, unless it is to be judged first.</summary>
    /// <param name="wanted">Which.</param>
    /// <param name="had">What is kept; null where nothing is.</param>
    /// <param name="transfer">Told of what comes.</param>
    /// <param name="cancellation">Ends the fetch.</param>
    /// <exception cref="FetchException">It cannot be had, kept or used.</exception>
    Task<FetchedCopy> FetchAsync(WantedDownload wanted, KeptCopy? had, Transfer transfer, CancellationToken cancellation);

    /// <summary>Deletes what has been kept for long, and is wanted no more.</summary>
    /// <param name="wanted">Names.</param>
    /// <param name="before">When it was last found to be the newest.</param>
    /// <exception cref="IOException">It cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    void Sweep(IEnumerable<string> wanted, DateTimeOffset before);
}

/// <summary>What this brings is a candidate: it is kept when somebody has taken it, and the copy before it stays where it is refused.</summary>
internal interface IJudgedSource : IDownloadSource
{
    /// <summary>Keeps a copy in place of the one that was there.</summary>
    /// <exception cref="LinuxException">It cannot be written; what was kept before is there still.</exception>
    void Keep(string name, KeptCopy copy);
}
