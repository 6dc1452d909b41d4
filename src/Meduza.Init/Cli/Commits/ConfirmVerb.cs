using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Meduza.Init.Agent.Store;
using Meduza.Init.Cli.KeyFiles;
using Meduza.Init.Control;
using KeySpace = Meduza.Gateway.Model.KeySpace;

namespace Meduza.Init.Cli.Commits;

/// <summary><c>meduza confirm [--nodes N…] [--force] [--timeout S] [--json]</c>: keeps the commit that waits for that, at every node.</summary>
internal sealed class ConfirmVerb : Verb
{
    private readonly Option<string[]> _nodes = FleetWatch.Nodes();
    private readonly Option<bool> _force = new("--force") { Description = "Confirm also where a node went back from it already: it takes it up again" };
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<double> _timeout = CommonOptions.Timeout();

    public ConfirmVerb(Session session)
        : base(
            "confirm", "Keep the commit that waits for its confirmation, at every node", session,
            ("meduza confirm", "after `meduza commit --confirm S`; exit code 3 when nothing waits, or a node went back already"),
            ("meduza confirm --force", "a node that went back, or is cut off, takes it up when it hears of it"))
    {
        Add(_nodes);
        Add(_force);
        Add(_json);
        Add(_timeout);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var json = arguments.GetValue(_json);
        var session = json ? Session with { Output = TextWriter.Null } : Session;
        await using var etcd = await KeyAccess.OpenAsync(Session, cancellation);
        var latest = await etcd.LatestCommitAsync(cancellation);
        var commit = latest.Mark;
        if (latest.Confirm is null)
            throw new CommandException(commit.Revision == 0 ? "nothing is committed yet" : $"{Named(commit)} does not wait for a confirmation: it was made without --confirm, or is confirmed", ExitCodes.NotYet);

        ImmutableArray<string> all = [.. (await etcd.ListAsync(EtcdConnection.NodesPrefix, cancellation)).Select(NodeOf).Distinct(StringComparer.Ordinal)];
        var (nodes, offline) = await FleetWatch.ChooseAsync(etcd, all, arguments.GetValue(_nodes), cancellation);
        var said = (await etcd.ReadAsync([KeyAccess.GatewaysPrefix], cancellation)).Keys;
        ImmutableArray<string> back = [.. all.Where(node => WentBack(said, node, commit))];
        if (!back.IsEmpty && !arguments.GetValue(_force))
        {
            throw new CommandException(
                $"too late: {string.Join(", ", back)} went back from {Named(commit)} already: commit again, or use --force to have it taken up again there", ExitCodes.NotYet);
        }

        var revision = await etcd.ConfirmAsync(commit, cancellation)
            ?? throw new CommandException($"{Named(commit)} was confirmed or replaced this instant: see `meduza status`", ExitCodes.NotYet);
        session.Output.WriteLine($"confirmed {Tones.Clean(Named(commit))}");
        foreach (var node in offline)
            session.Output.WriteLine(Tones.Paint($"{Tones.Clean(node)} is offline: it takes the commit up for good when it is back", Tone.Faint, session.Colour));

        var outcome = new FleetOutcome(commit.Revision, nodes, isConfirmed: true);
        await FleetWatch.FollowAsync(etcd, session, outcome, revision, TimeSpan.FromSeconds(arguments.GetValue(_timeout)), cancellation);
        if (json)
            Session.Output.WriteLine(JsonText.Document(CommitDocument.Of(commit.Value, commit.Revision, outcome, offline), CliJson.Write));
        return outcome.IsApplied ? ExitCodes.Done : ExitCodes.NotYet;
    }

    private static string NodeOf(string key)
    {
        var name = key.AsSpan(EtcdConnection.NodesPrefix.Length);
        return (name.IndexOf('/') is > 0 and var end ? name[..end] : name).ToString();
    }

    private static bool WentBack(KeySpace said, string node, CommitMark commit) =>
        said.TryGetValue($"{KeyAccess.GatewaysPrefix}{node}/commit", out var value)
        && FleetOutcome.Parse(value.Span) is { Result: CommitReport.RolledBack } report && report.Revision == commit.Revision;

    private static string Named(CommitMark commit) => string.Create(CultureInfo.InvariantCulture, $"commit \"{commit.Value}\" (revision {commit.Revision})");
}
