using System.CommandLine;
using Meduza.Init.Control;

namespace Meduza.Init.Cli;

/// <summary><c>meduza reconcile [--wait] [--timeout S]</c>: reads the keys again and makes this node be as they say.</summary>
internal sealed class ReconcileVerb : Verb
{
    private readonly Option<bool> _wait = new("--wait") { Description = "Wait until it is done, and say how it ended" };
    private readonly Option<double> _timeout = CommonOptions.Timeout();

    public ReconcileVerb(Session session)
        : base(
            "reconcile", "Read all keys from etcd again and make this node be as they say, now", session,
            ("meduza reconcile", "asks for it and returns at once"),
            ("meduza reconcile --wait --timeout 30", "waits; exit code 3 when it is not applied by then"))
    {
        Add(_wait);
        Add(_timeout);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var wait = arguments.GetValue(_wait);
        var timeout = TimeSpan.FromSeconds(arguments.GetValue(_timeout));
        await using var connection = await ControlConnection.OpenAsync(Session.SocketPath, cancellation);
        var reply = await connection.SendAsync(
            new() { Verb = Verbs.Reconcile, Wait = wait, TimeoutMilliseconds = (int)timeout.TotalMilliseconds },
            wait ? timeout : null, cancellation);
        if (!wait)
        {
            Session.Output.WriteLine("reconcile asked for: see `meduza status`, or use --wait");
            return ExitCodes.Done;
        }

        if (reply.Report is null)
            reply = await connection.SendAsync(new() { Verb = Verbs.Status }, null, cancellation);
        if (reply.Report?.Commit is not { } commit)
            throw new CommandException("reconciled, but the agent does not say what: see `meduza logs agent`", ExitCodes.NotYet);

        var tone = commit.Result == CommitReport.Applied ? Tone.Good : Tone.Bad;
        var touched = commit.Changed.IsEmpty ? "nothing to touch" : $"touched {Tones.Clean(string.Join(", ", commit.Changed))}";
        Session.Output.WriteLine(
            $"{Tones.Paint(commit.Result, tone, Session.Colour)} revision {commit.Revision} in {Duration.Taken(commit.DurationMs)}: {touched}");
        foreach (var error in commit.Errors)
            Session.Error.WriteLine(Tones.Clean($"{error.Key}: {error.Message}"));
        return commit.Result == CommitReport.Applied ? ExitCodes.Done : ExitCodes.NotYet;
    }
}
