using Meduza.Gateway.Model;

namespace Meduza.Init.Agent.Store;

/// <summary>A commit with its keys, as a node keeps it.</summary>
internal sealed record KeptCommit(CommitMark Mark, Snapshot Keys)
{
    /// <summary>A node before its first commit.</summary>
    public static KeptCommit None { get; } = new(CommitMark.None, Snapshot.Empty);

    /// <summary>What is remembered with it; empty for nothing.</summary>
    public ReadOnlyMemory<byte> Note { get; init; }

    /// <summary>True where both say the same, whenever they were committed.</summary>
    public bool HasKeysOf(KeptCommit other) => HaveSameKeys(Keys, other.Keys);

    /// <inheritdoc cref="HasKeysOf"/>
    public static bool HaveSameKeys(Snapshot one, Snapshot other) => one.Keys.HasSameKeys(other.Keys);
}

/// <summary>One of the commits that were applied and are kept.</summary>
/// <param name="Number">Its file's: counted up, so a higher one was applied later.</param>
/// <param name="AppliedAt">When it was.</param>
/// <param name="Commit">What it holds; null where it cannot be used.</param>
/// <param name="Problem">Why not; null where it can.</param>
internal sealed record AppliedCommit(int Number, DateTimeOffset AppliedAt, KeptCommit? Commit, string? Problem);
