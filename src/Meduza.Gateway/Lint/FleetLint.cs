using System.Collections.Immutable;
using Meduza.Gateway.Lint.Rules;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Keys;

namespace Meduza.Gateway.Lint;

/// <summary>What is wrong with the keys of a fleet.</summary>
/// <param name="Nodes">The nodes that have keys, sorted.</param>
/// <param name="Findings">Errors first, then warnings, each sorted by key.</param>
public sealed record LintReport(ImmutableArray<string> Nodes, ImmutableArray<LintFinding> Findings)
{
    public bool HasErrors => Findings.Any(finding => finding.IsError);
}

/// <summary>
/// Judges the keys of a whole fleet without a gateway: what each node would say of its own, and what only shows between
/// nodes. Pure, as parsing is.
/// </summary>
public static class FleetLint
{
    private static readonly ImmutableArray<ILintRule> Rules =
    [
        new OverlayAddresses(), new WireGuardAddresses(), new RouterIds(), new TincNames(), new TincModes(), new WireGuardOwnKeys(),
        new WireGuardPeerKeys(), new LinkAsNumbers(), new InternalAsNumbers(), new SharedLans(), new MeshMembers(),
    ];

    private static readonly ImmutableArray<string> KnownRoots = [KeyTable.GlobalPrefix, KeyTable.NodesPrefix, KeyTable.HostsPrefix, "/updated/"];

    public static LintReport Check(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var keys = snapshot.Keys;
        ImmutableArray<string> names = [.. keys.NamesBelow(KeyTable.NodesPrefix)];
        var findings = new HashSet<LintFinding>(ByText.Instance);
        List<NodeView> nodes = [];
        foreach (var name in names)
        {
            // Of other nodes it says nothing: they say it of themselves, or a rule does.
            var result = ConfigParser.Parse(keys, name, memory: null, out var draft);
            if (draft is not null)
                nodes.Add(new NodeView(draft));
            findings.UnionWith(result.Errors.Select(error => LintFinding.Error(error.Message, error.Key)));
            findings.UnionWith(result.Warnings.Select(warning => LintFinding.Warning(warning.Message, warning.Key)));
        }
        findings.UnionWith(UnknownRoots(snapshot));
        var fleet = new FleetView([.. nodes]);
        findings.UnionWith(Rules.SelectMany(rule => rule.Check(fleet)));
        // What stops one node's commit is a warning at those that do not use it: the error says more.
        var errors = findings.Where(finding => finding.IsError).Select(finding => finding.Keys[0]).ToHashSet();
        findings.RemoveWhere(finding => !finding.IsError && finding.Keys[0].StartsWith(KeyTable.GlobalPrefix, StringComparison.Ordinal) && errors.Contains(finding.Keys[0]));
        return new LintReport(names, [.. findings.OrderBy(f => !f.IsError).ThenBy(f => f.Keys[0], StringComparer.Ordinal).ThenBy(f => f.Message, StringComparer.Ordinal)]);
    }

    /// <summary>Keys that no node looks at: they are below none of the known prefixes.</summary>
    private static IEnumerable<LintFinding> UnknownRoots(Snapshot snapshot)
    {
        foreach (var key in snapshot.Keys.Keys)
        {
            if (key == KeyTable.Commit.Template || KnownRoots.Any(root => key.StartsWith(root, StringComparison.Ordinal)))
                continue;
            var nearest = KeyIndex.Default.Nearest(key);
            yield return LintFinding.Warning($"is not a key that is known{(nearest is null ? "" : $"; did you mean {nearest}?")}", key);
        }
    }

    private sealed class ByText : IEqualityComparer<LintFinding>
    {
        public static ByText Instance { get; } = new();

        public bool Equals(LintFinding? x, LintFinding? y) =>
            x is not null && y is not null && x.IsError == y.IsError && x.Message == y.Message && x.Keys.SequenceEqual(y.Keys);

        public int GetHashCode(LintFinding finding) => HashCode.Combine(finding.Message, finding.Keys[0]);
    }
}
