using System.Collections.Immutable;
using System.CommandLine;
using Meduza.Init.Cli.KeyFiles;
using Meduza.Init.Control;

namespace Meduza.Init.Cli.Commits;

/// <summary>Which nodes are waited for, and what they say as they say it.</summary>
internal static class FleetWatch
{
    private const string Online = "/online";

    /// <summary><c>--nodes N…</c>.</summary>
    public static Option<string[]> Nodes() => new("--nodes")
    {
        Description = "Wait for these nodes; without it for all that are online",
        HelpName = "NODE",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <param name="all">The nodes that have keys.</param>
    /// <param name="named">Those that somebody wants to wait for; without any, those that are online.</param>
    /// <returns>Those to wait for, and those that are not there to be waited for.</returns>
    /// <exception cref="CommandException">A named one has no keys.</exception>
    public static async Task<(ImmutableArray<string> Nodes, ImmutableArray<string> Offline)> ChooseAsync(
        KeyAccess etcd, ImmutableArray<string> all, string[]? named, CancellationToken cancellation)
    {
        var written = await etcd.ListAsync(KeyAccess.GatewaysPrefix, cancellation);
        var there = written.Where(key => key.EndsWith(Online, StringComparison.Ordinal)).Select(key => key[KeyAccess.GatewaysPrefix.Length..^Online.Length]).ToHashSet();
        ImmutableArray<string> nodes = named is { Length: > 0 } ? Known(named, all) : [.. all.Where(there.Contains)];
        return (nodes, [.. all.Where(node => !there.Contains(node) && !nodes.Contains(node))]);
    }

    /// <summary>Shows what the nodes say, until all have said their last word or the time is over; then names those that said nothing.</summary>
    /// <param name="revision">From which on they are listened to.</param>
    public static async Task FollowAsync(
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
        foreach (var node in outcome.Silent)
            session.Output.WriteLine($"{Tones.Paint(Tones.Clean(node), Tone.Bad, session.Colour)} says nothing: see `meduza status` there");

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
        var confirm = report.Confirm switch
        {
            CommitReport.Waiting => ", waits for the confirmation",
            CommitReport.Confirmed => ", confirmed",
            _ => "",
        };
        session.Output.WriteLine(
            $"{Tones.Clean(node)} {Tones.Paint(Tones.Clean(report.Result), tone, session.Colour)} in {Duration.Taken(report.DurationMs)}, {touched}{confirm}");
        foreach (var error in report.Errors)
            session.Output.WriteLine($"      {Tones.Clean(error.Key)}: {Tones.Clean(error.Message)}");
        session.Output.Flush();
    }

    private static ImmutableArray<string> Known(string[] named, ImmutableArray<string> nodes) =>
        named.FirstOrDefault(node => !nodes.Contains(node)) is { } unknown
            ? throw new CommandException($"no node '{unknown}' has keys: there are {string.Join(", ", nodes)}", ExitCodes.Usage)
            : [.. named.Distinct(StringComparer.Ordinal)];
}
