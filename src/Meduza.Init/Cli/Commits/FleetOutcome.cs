using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Meduza.Init.Control;

namespace Meduza.Init.Cli.Commits;

/// <summary>What has come of one commit at the nodes that are waited for. It is told of keys below <c>/updated/</c>, in any order.</summary>
/// <param name="revision">Of the commit: what is said of earlier ones is passed over, of a later one it covers this one too.</param>
/// <param name="nodes">The nodes that are waited for.</param>
/// <param name="isConfirmed">True where it was confirmed: that a node waits for that, or went back before it heard of it, is not its last word then.</param>
internal sealed class FleetOutcome(long revision, ImmutableArray<string> nodes, bool isConfirmed = false)
{
    private const string Prefix = "/updated/", Suffix = "/commit";

    private readonly Dictionary<string, CommitReport> _reports = new(StringComparer.Ordinal);

    /// <summary>The nodes that have said something, and what they said last.</summary>
    public IReadOnlyDictionary<string, CommitReport> Reports => _reports;

    /// <summary>Those that have not said anything.</summary>
    public IEnumerable<string> Silent => nodes.Where(node => !_reports.ContainsKey(node));

    /// <summary>True when every one has applied it, rejected it or gone back; what is degraded may still become applied.</summary>
    public bool IsSettled => nodes.All(node => _reports.TryGetValue(node, out var report) && report.Result is CommitReport.Applied or "rejected" or CommitReport.RolledBack);

    /// <summary>True when every one has applied it.</summary>
    public bool IsApplied => nodes.All(node => _reports.TryGetValue(node, out var report) && report.Result == CommitReport.Applied);

    /// <summary>Takes a key.</summary>
    /// <returns>The node and its result where that is news; null otherwise.</returns>
    public (string Node, CommitReport Report)? Take(string key, string value)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal) || !key.EndsWith(Suffix, StringComparison.Ordinal) || key.Length <= Prefix.Length + Suffix.Length)
            return null;
        var node = key[Prefix.Length..^Suffix.Length];
        if (!nodes.Contains(node) || Parse(Encoding.UTF8.GetBytes(value)) is not { } report || report.Revision < revision || !IsLastWord(report))
            return null;
        var isNews = !_reports.TryGetValue(node, out var known) || known.Result != report.Result || known.Confirm != report.Confirm || !known.Errors.SequenceEqual(report.Errors);
        _reports[node] = report;
        return isNews ? (node, report) : null;
    }

    private bool IsLastWord(CommitReport report) =>
        !isConfirmed || report.Revision > revision || (report.Confirm != CommitReport.Waiting && report.Result != CommitReport.RolledBack);

    /// <summary>What a node says; null where it is something else: whoever may write there may write anything.</summary>
    public static CommitReport? Parse(ReadOnlySpan<byte> value)
    {
        try
        {
            return JsonText.Parse(value, ControlJson.ReadCommitReport);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
