namespace Meduza.Init.Agent.Store;

/// <summary>
/// What is open between a node and a commit of etcd's: it waits for the commit's confirmation, or it went back from it. It
/// lies on the disk together with the commit to go back to, since neither a killed agent nor a power cut may lose it.
/// </summary>
internal sealed record CommitHold
{
    public required CommitMark Commit { get; init; }

    /// <summary>Within how long it is to be confirmed; 0 where that was not asked for.</summary>
    public int Seconds { get; init; }

    /// <summary>When this node took it up: a timestamp of the monotonic clock.</summary>
    public long TakenUpAt { get; init; }

    /// <summary>Which boot of the machine that clock counts from.</summary>
    public string Boot { get; init => field = value ?? ""; } = "";

    /// <summary>Why the node went back, in words; null while it waits.</summary>
    public string? Reason { get; init; }

    /// <summary>True where an operator had this node go back: a confirmation of the commit does not concern it.</summary>
    public bool ByOperator { get; init; }

    /// <summary>When it went back: Unix time in milliseconds.</summary>
    public long Time { get; init; }

    internal bool IsWaiting => Reason is null;

    /// <summary>True while it waits for that very commit.</summary>
    internal bool IsWaitingFor(CommitMark commit) => IsWaiting && Commit == commit;
}
