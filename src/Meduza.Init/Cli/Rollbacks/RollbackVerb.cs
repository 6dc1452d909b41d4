using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Meduza.Init.Agent;
using Meduza.Init.Agent.Store;
using Meduza.Init.Cli.Plans;
using Meduza.Init.Control;
using Snapshot = Meduza.Gateway.Model.Snapshot;

namespace Meduza.Init.Cli.Rollbacks;

/// <summary><c>meduza rollback [N] [--list] [--dry-run] [--timeout S] [--json]</c>: this node goes back to what it was, until the next commit.</summary>
internal sealed class RollbackVerb : Verb
{
    private readonly Argument<string?> _back = new("N") { Arity = ArgumentArity.ZeroOrOne, Description = "How many applied commits to go back; 1 without it" };
    private readonly Option<bool> _list = new("--list") { Description = "Show the commits that are kept here, and go back to none" };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Show what it would do, and do nothing" };
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<double> _timeout = CommonOptions.Timeout();

    public RollbackVerb(Session session)
        : base(
            "rollback", "Have this node be what it was some applied commits ago, until the next commit", session,
            ("meduza rollback", "shows what it does, and goes back to the commit before; the keys in etcd stay as they are"),
            ("meduza rollback --list", "the last ten commits that were applied here"),
            ("meduza rollback 3 --dry-run", "what going back by three would do"))
    {
        _back.Validators.Add(result =>
        {
            if (result.Tokens is [var number] && StepsOf(number.Value) is null)
                result.AddError($"'{number.Value}' is no number of commits to go back: give 1 or more, see `meduza rollback --list`");
        });
        Add(_back);
        Add(_list);
        Add(_dryRun);
        Add(_json);
        Add(_timeout);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var json = arguments.GetValue(_json);
        var folder = new SnapshotFolder(Session.SnapshotFolder);
        var history = Read(folder);
        if (arguments.GetValue(_list))
            return List(history, json);

        var settings = NodeSettings.Parse(Session.Variable, out var errors) ?? throw new CommandException(string.Join("; ", errors));
        var back = arguments.GetValue(_back) is { } steps ? StepsOf(steps)!.Value : 1;
        var target = history.Find(back);
        var (mark, keys) = (target.Commit!.Mark, target.Commit.Keys);
        // Host records are no part of a commit: they stay.
        var hosts = folder.LoadHosts(Warn) ?? Snapshot.Empty;
        var plan = await NodePlan.OfAsync(Session, settings, keys with { Keys = keys.Keys.SetItems(hosts.Keys) }, cancellation);
        if (!json)
            Session.Output.Write(PlanText.Of(plan, Session.Colour, "going back"));
        var isValid = plan.Errors.IsEmpty;
        ImmutableArray<CommitError> problems = [];
        if (isValid && !arguments.GetValue(_dryRun))
        {
            Session.Output.Flush();
            problems = await GoBackAsync(target.Number, TimeSpan.FromSeconds(arguments.GetValue(_timeout)), cancellation);
        }

        var ok = isValid && problems.IsEmpty;
        if (json)
            Session.Output.WriteLine(JsonText.Document(new RollbackDocument(ok, arguments.GetValue(_dryRun), AppliedRow.Of(back, target), plan, problems), CliJson.Write));
        else if (isValid && !arguments.GetValue(_dryRun))
            Session.Output.WriteLine($"{Tones.Paint("back", ok ? Tone.Good : Tone.Bad, Session.Colour)} at \"{Tones.Clean(mark.Value)}\" revision {Number(mark.Revision)}, until the next commit");
        foreach (var problem in problems)
            Session.Error.WriteLine(Tones.Clean($"{problem.Key}: {problem.Message}"));
        return ok ? ExitCodes.Done : ExitCodes.NotYet;
    }

    /// <returns>What is not as it should be there.</returns>
    /// <exception cref="CommandException">The agent refuses, and has touched nothing, or it is not done in time.</exception>
    private async Task<ImmutableArray<CommitError>> GoBackAsync(int number, TimeSpan timeout, CancellationToken cancellation)
    {
        await using var connection = await ControlConnection.OpenAsync(Session.SocketPath, cancellation);
        var reply = await connection.SendAsync(
            new() { Verb = Verbs.Rollback, Snapshot = number, Wait = true, TimeoutMilliseconds = (int)timeout.TotalMilliseconds }, timeout, cancellation);
        if (reply.NotYet)
            throw new CommandException($"it is not done after {Duration.Text(timeout)}, and goes on: see `meduza status`", ExitCodes.NotYet);
        reply = await connection.SendAsync(new() { Verb = Verbs.Status }, null, cancellation);
        // The first says why the node is where it is.
        return reply.Report?.Commit is { Result: CommitReport.RolledBack } commit ? [.. commit.Errors.Skip(1)] : [];
    }

    private int List(AppliedHistory history, bool json)
    {
        var rows = history.Rows;
        if (json)
        {
            Session.Output.WriteLine(JsonText.Document(new AppliedDocument(rows), CliJson.Write));
            return ExitCodes.Done;
        }
        var table = new Columns("BACK", "COMMIT", "REVISION", "APPLIED", "NOTE");
        var now = Session.Time.GetUtcNow();
        foreach (var row in rows)
        {
            table.Add(
                row.Back is { } back ? Number(back) : "-", row.Commit is { } commit ? $"\"{commit}\"" : "", row.Commit is null ? "" : Number(row.Revision),
                $"{Duration.Text(now - DateTimeOffset.FromUnixTimeMilliseconds(row.AppliedAt))} ago",
                row.Problem is { } problem ? new Cell(problem, Tone.Bad) : row.Back == 0 ? new Cell("in force", Tone.Good) : "");
        }
        Session.Output.Write(rows.IsEmpty ? "no commit was applied here yet\n" : table.Text(Session.Colour));
        return ExitCodes.Done;
    }

    private AppliedHistory Read(SnapshotFolder folder)
    {
        try
        {
            return new([.. folder.LoadApplied()], folder.LoadInForce(Warn));
        }
        catch (UnauthorizedAccessException)
        {
            throw new CommandException($"no right to read {folder.Place}: run this as root");
        }
    }

    private static int? StepsOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    private void Warn(string problem) => Session.Error.WriteLine(Tones.Clean(problem));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
