using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Meduza.Init.Control;

namespace Meduza.Init.Cli.Commits;

/// <summary>What has come of one commit at the nodes that are waited for. It is told of keys below <c>/updated/</c>, in any order.</summary>
/// <param name="revision">Of the commit: what is said of earlier ones is passed over, of a later one it covers this one too.</param>
/// <param name="nodes">The nodes that are waited for.</param>
internal sealed class FleetOutcome(long revision, ImmutableArray<string> nodes)
{
    private const string Prefix = "/updated/", Suffix = "/commit";

    private readonly Dictionary<string, CommitReport> _reports = new(StringComparer.Ordinal);

    /// <summary>The nodes that have said something, and what they said last.</summary>
    public IReadOnlyDictionary<string, CommitReport> Reports => _reports;

    /// <summary>Those that have not said anything.</summary>
    public IEnumerable<string> Silent => nodes.Where(node => !_reports.ContainsKey(node));

    /// <summary>True when every one has applied it or rejected it; what is degraded may still become applied.</summary>
    public bool IsSettled => nodes.All(node => _reports.TryGetValue(node, out var report) && report.Result is "applied" or "rejected");

    /// <summary>True when every one has applied it.</summary>
    public bool IsApplied => nodes.All(node => _reports.TryGetValue(node, out var report) && report.Result == CommitReport.Applied);

    /// <summary>Takes a key.</summary>
    /// <returns>The node and its result where that is news; null otherwise.</returns>
    public (string Node, CommitReport Report)? Take(string key, string value)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal) || !key.EndsWith(Suffix, StringComparison.Ordinal) || key.Length <= Prefix.Length + Suffix.Length)
            return null;
        var node = key[Prefix.Length..^Suffix.Length];
        if (!nodes.Contains(node) || Parse(value) is not { } report || report.Revision < revision)
            return null;
        var isNews = !_reports.TryGetValue(node, out var known) || known.Result != report.Result || !known.Errors.SequenceEqual(report.Errors);
        _reports[node] = report;
        return isNews ? (node, report) : null;
    }

    // Whoever may write there may write anything.
    private static CommitReport? Parse(string value)
    {
        try
        {
            return JsonText.Parse(Encoding.UTF8.GetBytes(value), ControlJson.ReadCommitReport);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
