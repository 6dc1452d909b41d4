using System.CommandLine;
using System.Globalization;
using Meduza.Init.Control;

namespace Meduza.Init.Cli;

/// <summary><c>meduza wait [--commit VALUE] [--timeout S]</c>: until that commit is applied here.</summary>
/// <remarks>
/// PID 1 is asked again and again, and may be gone for a moment: it must not matter to a script in which order a commit, a
/// restart and this come.
/// </remarks>
internal sealed class WaitVerb : Verb
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Option<string?> _commit = new("--commit") { Description = "The value of /commit; without it any will do", HelpName = "VALUE" };
    private readonly Option<double> _timeout = CommonOptions.Timeout();

    public WaitVerb(Session session)
        : base(
            "wait", "Wait until a commit is applied on this node", session,
            ("meduza wait --commit 42 --timeout 30", "exit code 3 when it is rejected, or not applied by then"),
            ("meduza wait", "until this node has applied any commit: after a start"))
    {
        Add(_commit);
        Add(_timeout);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var value = arguments.GetValue(_commit);
        var limit = TimeSpan.FromSeconds(arguments.GetValue(_timeout));
        var start = Session.Time.GetTimestamp();
        while (true)
        {
            var (commit, problem) = await LookAsync(cancellation);
            if (commit is not null && (value is null || commit.Commit == value))
            {
                if (commit.Result == CommitReport.Applied)
                {
                    Session.Output.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"{Tones.Paint("applied", Tone.Good, Session.Colour)} \"{Tones.Clean(commit.Commit)}\" revision {commit.Revision}"));
                    return ExitCodes.Done;
                }
                if (commit.Result is "rejected" or CommitReport.RolledBack)
                    throw new CommandException($"commit \"{commit.Commit}\" is {commit.Result}: {Reason(commit)}", ExitCodes.NotYet);
            }
            if (Session.Time.GetElapsedTime(start) >= limit)
                throw new CommandException(Late(value, limit, commit, problem), ExitCodes.NotYet);
            await Task.Delay(Pause, Session.Time, cancellation);
        }
    }

    private async Task<(CommitReport? Commit, string? Problem)> LookAsync(CancellationToken cancellation)
    {
        try
        {
            var reply = await AskAsync(new() { Verb = Verbs.Status }, null, cancellation);
            return (reply.Report?.Commit, reply.Report?.Etcd.Error);
        }
        catch (CommandException e)
        {
            return (null, e.Message);
        }
    }

    private static string Late(string? value, TimeSpan limit, CommitReport? commit, string? problem)
    {
        var what = value is null ? "no commit" : $"commit \"{value}\"";
        var not = value is null ? "is applied" : "is not applied";
        var there = commit is null ? "none is known here yet"
            : commit.Result == CommitReport.Applied ? $"this node has \"{commit.Commit}\""
            : $"\"{commit.Commit}\" is {commit.Result}: {Reason(commit)}";
        return string.Create(CultureInfo.InvariantCulture, $"{what} {not} after {limit.TotalSeconds:0.###} s: {there}{(problem is null ? "" : $"; {problem}")}");
    }

    private static string Reason(CommitReport commit) =>
        commit.Errors is [var first, ..] ? $"{first.Key}: {first.Message}" : "see `meduza status`";
}
