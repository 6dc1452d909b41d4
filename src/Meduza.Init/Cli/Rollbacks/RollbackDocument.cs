using System.Collections.Immutable;
using Meduza.Init.Agent.Store;
using Meduza.Init.Cli.Plans;
using Meduza.Init.Control;

namespace Meduza.Init.Cli.Rollbacks;

/// <summary>What <c>meduza rollback --json</c> prints.</summary>
/// <param name="Ok">True when the node is back.</param>
/// <param name="DryRun">True when that was not tried.</param>
/// <param name="To">What it went back to.</param>
/// <param name="Plan">What it did, or would do.</param>
/// <param name="Errors">What went wrong.</param>
internal sealed record RollbackDocument(bool Ok, bool DryRun, AppliedRow To, PlanDocument Plan, ImmutableArray<CommitError> Errors);

/// <summary>What <c>meduza rollback --list --json</c> prints: from the newest on.</summary>
internal sealed record AppliedDocument(ImmutableArray<AppliedRow> Applied);

/// <summary>A commit that was applied here and is kept.</summary>
/// <param name="Back">How many steps back it is, 0 for the one in force; null for one that the node went back from.</param>
/// <param name="AppliedAt">Unix time in milliseconds.</param>
/// <param name="Commit">Its value; null where it cannot be read.</param>
/// <param name="Revision">Of etcd, at which it was written; 0 where it cannot be read.</param>
/// <param name="Problem">Why it cannot be used; null where it can.</param>
internal sealed record AppliedRow(int? Back, long AppliedAt, string? Commit, long Revision, string? Problem)
{
    public static AppliedRow Of(int? back, AppliedCommit applied) => new(
        back, applied.AppliedAt.ToUnixTimeMilliseconds(), applied.Commit?.Mark.Value, applied.Commit?.Mark.Revision ?? 0, applied.Problem);
}
