using System.Collections.Immutable;
using Meduza.Init.Control;

namespace Meduza.Init.Cli.Commits;

/// <summary>What came of a commit, for programs.</summary>
/// <param name="Ok">True when every node that was waited for has applied it.</param>
/// <param name="Commit">The value of <c>/commit</c>.</param>
/// <param name="Revision">Of etcd, at which it was written.</param>
/// <param name="Nodes">What each node said, sorted by name.</param>
/// <param name="Silent">Nodes that were waited for and said nothing in time.</param>
/// <param name="Offline">Nodes that have keys and were not there to be waited for.</param>
internal sealed record CommitDocument(
    bool Ok, string Commit, long Revision, ImmutableArray<CommitNode> Nodes, ImmutableArray<string> Silent, ImmutableArray<string> Offline)
{
    /// <summary>Within how many seconds it is to be confirmed; null for a commit that is not.</summary>
    public int? ConfirmSeconds { get; init; }

    public static CommitDocument Of(string commit, long revision, FleetOutcome outcome, ImmutableArray<string> offline) => new(
        outcome.IsApplied, commit, revision,
        [.. outcome.Reports.OrderBy(node => node.Key, StringComparer.Ordinal).Select(node => new CommitNode(node.Key, node.Value.Result, node.Value.Changed, node.Value.DurationMs, node.Value.Errors)
        {
            Confirm = node.Value.Confirm,
        })],
        [.. outcome.Silent], offline);
}

/// <param name="Result"><c>applied</c>, <c>rejected</c>, <c>degraded</c> or <c>rolled-back</c>.</param>
/// <param name="Changed">The parts that were touched.</param>
internal sealed record CommitNode(string Node, string Result, ImmutableArray<string> Changed, double DurationMs, ImmutableArray<CommitError> Errors)
{
    /// <summary><c>waiting</c> or <c>confirmed</c>; null for a commit that is not to be confirmed.</summary>
    public string? Confirm { get; init; }
}
