using System.CommandLine;
using System.Globalization;
using Meduza.Gateway.Lint;
using Meduza.Init.Agent;
using Meduza.Init.Cli.KeyFiles;
using Meduza.Init.Cli.Plans;
using Snapshot = Meduza.Gateway.Model.Snapshot;

namespace Meduza.Init.Cli.Commits;

/// <summary>
/// <c>meduza commit [MESSAGE] [--confirm S] [--nodes N…] [--force] [--timeout S] [--json]</c>: judges the keys, shows what they would do here,
/// writes <c>/commit</c>, and shows what came of it at each node.
/// </summary>
internal sealed class CommitVerb : Verb
{
    private readonly Argument<string?> _message = new("MESSAGE") { Arity = ArgumentArity.ZeroOrOne, Description = "The value of /commit; without it the time" };
    private readonly Option<double> _confirm = CommonOptions.Confirm();
    private readonly Option<string[]> _nodes = FleetWatch.Nodes();
    private readonly Option<bool> _force = new("--force") { Description = "Commit also where lint finds errors: nodes that they concern reject it" };
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<double> _timeout = CommonOptions.Timeout();

    public CommitVerb(Session session)
        : base(
            "commit", "Check the keys in etcd, commit them for every node, and show what came of it", session,
            ("meduza commit \"new office link\"", "exit code 3 when a node rejects it, or has not applied it in time"),
            ("meduza commit \"new uplink\" --confirm 5m", "every node is back as it was after five minutes, unless `meduza confirm` follows"),
            ("meduza commit --nodes gw1 gw2 --timeout 30", "waits for two nodes; the others apply it all the same"))
    {
        Add(_message);
        Add(_confirm);
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
        var keys = await etcd.ReadAsync(KeyAccess.OperatorPrefixes, cancellation);
        var lint = FleetLint.Check(keys);
        LintText.Print(session, lint);
        if (lint.HasErrors && !arguments.GetValue(_force))
        {
            throw new CommandException(
                $"nothing is committed: {lint.Findings.First(finding => finding.IsError)} (--force commits all the same; `meduza lint` shows all)", ExitCodes.NotYet);
        }
        await SummarizeAsync(session, keys, cancellation);

        var (nodes, offline) = await FleetWatch.ChooseAsync(etcd, lint.Nodes, arguments.GetValue(_nodes), cancellation);
        int? confirm = arguments.GetValue(_confirm) is > 0 and var seconds ? (int)seconds : null;
        if (await etcd.LatestCommitAsync(cancellation) is { Confirm: not null, Mark: var replaced })
        {
            session.Output.WriteLine($"commit \"{Tones.Clean(replaced.Value)}\" still waits for its confirmation: this one comes in its place, with all its keys"
                + (confirm is null ? " and without a way back" : ", and the way back goes behind both"));
        }
        var message = arguments.GetValue(_message) ?? Session.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var revision = await etcd.CommitAsync(message, keys.Revision, confirm, cancellation)
            ?? throw new CommandException("nothing is committed: somebody has written keys meanwhile, which were not looked at; try again");
        session.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"committed \"{Tones.Clean(message)}\" as revision {revision}"));
        if (confirm is { } within)
            session.Output.WriteLine($"`meduza confirm` keeps it; without that each node goes back by itself, {Duration.Text(TimeSpan.FromSeconds(within))} after it takes it up");
        foreach (var node in offline)
            session.Output.WriteLine(Tones.Paint($"{Tones.Clean(node)} is offline: it applies the commit when it is back", Tone.Faint, session.Colour));

        var outcome = new FleetOutcome(revision, nodes);
        await FleetWatch.FollowAsync(etcd, session, outcome, revision, TimeSpan.FromSeconds(arguments.GetValue(_timeout)), cancellation);
        if (json)
            Session.Output.WriteLine(JsonText.Document(CommitDocument.Of(message, revision, outcome, offline) with { ConfirmSeconds = confirm }, CliJson.Write));
        return outcome.IsApplied ? ExitCodes.Done : ExitCodes.NotYet;
    }

    /// <summary>In a line or two what it would do here, where here is a gateway.</summary>
    private async Task SummarizeAsync(Session session, Snapshot keys, CancellationToken cancellation)
    {
        if (NodeSettings.Parse(Session.Variable, out _) is not { } settings)
            return;
        PlanDocument plan;
        try
        {
            plan = await NodePlan.OfAsync(session, settings, keys, cancellation);
        }
        catch (CommandException)
        {
            return; // committed from elsewhere, or before the gateway runs: then there is nothing to show
        }
        foreach (var neighbor in plan.BgpResets)
            session.Output.WriteLine($"{Tones.Paint("resets", Tone.Bad, session.Colour)} the BGP session of {Tones.Clean(settings.NodeId)} with {Tones.Clean(neighbor)}");
        session.Output.WriteLine(plan.IsEmpty
            ? $"{settings.NodeId}, this node: nothing to do"
            : $"{settings.NodeId}, this node: touches {Tones.Clean(string.Join(", ", plan.Components))} (`meduza plan` shows more)");
    }
}
