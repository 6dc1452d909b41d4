using System.Globalization;
using Meduza.Init.Agent.Store;

namespace Meduza.Init.Agent.Reconcile;

/// <summary>
/// What a node does about a commit that waits for its confirmation, and about one that it went back from: what is open
/// before (a <see cref="CommitHold"/>, or nothing), what etcd says or what time it is, what is open after. It decides and
/// does nothing; the table is in docs/design/reconcile.md.
/// </summary>
/// <param name="clock">Its timestamps go on over a restart of the agent and of PID 1, and begin anew with the machine.</param>
/// <param name="boot">Which boot of the machine this is.</param>
internal sealed class ConfirmPolicy(TimeProvider clock, string boot)
{
    /// <summary>Which boot this is, by random(4); empty where the kernel does not say: then each start of an agent counts as one.</summary>
    public static string ReadBoot()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>What an agent finds that has just started. What waited when the machine went down is not confirmed: who cannot wait for it pulls the plug.</summary>
    public CommitHold? Resume(CommitHold? kept) =>
        kept is { IsWaiting: true } && (kept.Boot != boot || boot.Length == 0 || kept.TakenUpAt > clock.GetTimestamp())
            ? GoneBack(kept, "the machine was started anew before it was confirmed")
            : kept;

    /// <summary>True where etcd's commit is to be what this node is; false where the node went back from that very commit, and stays so.</summary>
    public static bool Follows(CommitHold? hold, LatestCommit latest) =>
        hold is null || hold.IsWaiting || hold.Commit != latest.Mark || (!hold.ByOperator && latest.Confirm is null);

    /// <summary>What is open once a valid commit is taken up.</summary>
    /// <param name="hold">What was.</param>
    /// <param name="commit">Etcd's, which <see cref="Follows"/>.</param>
    /// <param name="within">How long it may take to be confirmed; null for a commit that does not wait, or no more.</param>
    /// <param name="inForce">What the node was until now.</param>
    public CommitHold? TakenUp(CommitHold? hold, CommitMark commit, TimeSpan? within, CommitMark inForce)
    {
        if (within is not { } limit)
            return null;
        if (hold?.IsWaitingFor(commit) == true)
            return hold;
        // It was confirmed before: an etcd that was restored from a backup may say what it said then.
        if (hold is null && commit.Revision > 0 && commit == inForce)
            return null;
        return new() { Commit = commit, Seconds = (int)limit.TotalSeconds, TakenUpAt = clock.GetTimestamp(), Boot = boot };
    }

    /// <summary>How long it may still take to be confirmed, not negative; infinite where nothing waits.</summary>
    public TimeSpan Left(CommitHold? hold)
    {
        if (hold is not { IsWaiting: true })
            return Timeout.InfiniteTimeSpan;
        var left = TimeSpan.FromSeconds(hold.Seconds) - clock.GetElapsedTime(hold.TakenUpAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>When that is over: a timestamp of the clock.</summary>
    public long Deadline(CommitHold hold) => hold.TakenUpAt + (hold.Seconds * clock.TimestampFrequency);

    /// <summary>What is open now: a commit whose time is over is gone back from.</summary>
    public CommitHold? Expire(CommitHold? hold) => Left(hold) == TimeSpan.Zero
        ? GoneBack(hold!, string.Create(CultureInfo.InvariantCulture, $"it was not confirmed within {hold!.Seconds} s"))
        : hold;

    /// <summary>What is open once an operator has this node go back.</summary>
    /// <param name="commit">The newest commit that is known here.</param>
    public CommitHold GoneBackByOperator(CommitMark commit) =>
        GoneBack(new() { Commit = commit, Boot = boot }, "by `meduza rollback`") with { ByOperator = true };

    private CommitHold GoneBack(CommitHold hold, string reason) => hold with { Reason = reason, Time = clock.GetUtcNow().ToUnixTimeMilliseconds() };
}
