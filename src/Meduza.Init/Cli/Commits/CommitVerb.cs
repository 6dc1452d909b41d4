using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Meduza.Gateway.Lint;
using Meduza.Init.Agent;
using Meduza.Init.Cli.KeyFiles;
using Meduza.Init.Cli.Plans;
using Meduza.Init.Control;
using Snapshot = Meduza.Gateway.Model.Snapshot;

namespace Meduza.Init.Cli.Commits;

/// <summary>
/// <c>meduza commit [MESSAGE] [--nodes N…] [--force] [--timeout S] [--json]</c>: judges the keys, shows what they would do here,
/// writes <c>/commit</c>, and shows what came of it at each node.
/// </summary>
internal sealed class CommitVerb : Verb
{
    private const string Online = "/online";

    private readonly Argument<string?> _message = new("MESSAGE") { Arity = ArgumentArity.ZeroOrOne, Description = "The value of /commit; without it the time" };
    private readonly Option<string[]> _nodes = new("--nodes")
    {
        Description = "Wait for these nodes; without it for all that are online",
        HelpName = "NODE",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<bool> _force = new("--force") { Description = "Commit also where lint finds errors: nodes that they concern reject it" };
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<double> _timeout = CommonOptions.Timeout();

    public CommitVerb(Session session)
        : base(
            "commit", "Check the keys in etcd, commit them for every node, and show what came of it", session,
            ("meduza commit \"new office link\"", "exit code 3 when a node rejects it, or has not applied it in time"),
            ("meduza commit --nodes gw1 gw2 --timeout 30", "waits for two nodes; the others apply it all the same"))
    {
        Add(_message);
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

        var there = await OnlineAsync(etcd, cancellation);
        ImmutableArray<string> nodes = arguments.GetValue(_nodes) is { Length: > 0 } named ? Known(named, lint.Nodes) : [.. lint.Nodes.Where(there.Contains)];
        ImmutableArray<string> offline = [.. lint.Nodes.Where(node => !there.Contains(node) && !nodes.Contains(node))];
        var message = arguments.GetValue(_message) ?? Session.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var revision = await etcd.CommitAsync(message, keys.Revision, cancellation)
            ?? throw new CommandException("nothing is committed: somebody has written keys meanwhile, which were not looked at; try again");
        session.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"committed \"{Tones.Clean(message)}\" as revision {revision}"));
        foreach (var node in offline)
            session.Output.WriteLine(Tones.Paint($"{Tones.Clean(node)} is offline: it applies the commit when it is back", Tone.Faint, session.Colour));

        var outcome = new FleetOutcome(revision, nodes);
        await FollowAsync(etcd, session, outcome, revision, TimeSpan.FromSeconds(arguments.GetValue(_timeout)), cancellation);
        if (json)
            Session.Output.WriteLine(JsonText.Document(CommitDocument.Of(message, revision, outcome, offline), CliJson.Write));
        foreach (var node in outcome.Silent)
            session.Output.WriteLine($"{Tones.Paint(Tones.Clean(node), Tone.Bad, session.Colour)} says nothing: see `meduza status` there");
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

    private static async Task<HashSet<string>> OnlineAsync(KeyAccess etcd, CancellationToken cancellation)
    {
        var written = await etcd.ReadAsync([KeyAccess.GatewaysPrefix], cancellation);
        return [.. written.Keys.Keys.Where(key => key.EndsWith(Online, StringComparison.Ordinal)).Select(key => key[KeyAccess.GatewaysPrefix.Length..^Online.Length])];
    }

    private static ImmutableArray<string> Known(string[] named, ImmutableArray<string> nodes) =>
        named.FirstOrDefault(node => !nodes.Contains(node)) is { } unknown
            ? throw new CommandException($"no node '{unknown}' has keys: there are {string.Join(", ", nodes)}", ExitCodes.Usage)
            : [.. named.Distinct(StringComparer.Ordinal)];

    /// <summary>Shows what the nodes say, until all have said their last word or the time is over.</summary>
    private static async Task FollowAsync(
        KeyAccess etcd, Session session, FleetOutcome outcome, long revision, TimeSpan limit, CancellationToken cancellation)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        enough.CancelAfter(limit);
        try
        {
            if (!outcome.IsSettled)
                await etcd.WatchGatewaysAsync(revision, Written, enough.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // All have spoken, or the time is over.
        }

        void Written(string key, string value)
        {
            if (outcome.Take(key, value) is var (node, report))
                Print(session, node, report);
            if (outcome.IsSettled)
                enough.Cancel();
        }
    }

    private static void Print(Session session, string node, CommitReport report)
    {
        var tone = report.Result == CommitReport.Applied ? Tone.Good : Tone.Bad;
        var touched = report.Changed.IsEmpty ? "nothing touched" : $"touched {Tones.Clean(string.Join(", ", report.Changed))}";
        session.Output.WriteLine(
            $"{Tones.Clean(node)} {Tones.Paint(Tones.Clean(report.Result), tone, session.Colour)} in {Duration.Taken(report.DurationMs)}, {touched}");
        foreach (var error in report.Errors)
            session.Output.WriteLine($"      {Tones.Clean(error.Key)}: {Tones.Clean(error.Message)}");
        session.Output.Flush();
    }
}
