using System.CommandLine;
using Meduza.Init.Control;

namespace Meduza.Init.Cli;

/// <summary><c>meduza refresh [subscription] [--timeout S]</c>: fetches anew, now, and says what came of it.</summary>
internal sealed class RefreshVerb : Verb
{
    private const string Subscription = "subscription";

    private readonly Argument<string?> _what = new("WHAT") { Arity = ArgumentArity.ZeroOrOne, Description = $"What to fetch: {Subscription}, also without the word" };
    private readonly Option<double> _timeout = CommonOptions.Timeout();

    public RefreshVerb(Session session)
        : base(
            "refresh", "Fetch the subscription in use anew, now", session,
            ("meduza refresh", "says whether it was fetched, is the same still, or why it cannot be used: then it is exit code 1"),
            ("meduza refresh subscription --timeout 20", "the same; exit code 3 when it is not over by then"))
    {
        _what.Validators.Add(result =>
        {
            if (result.Tokens is [var what] && what.Value != Subscription)
                result.AddError($"'{what.Value}' is nothing that is fetched: there is '{Subscription}'");
        });
        Add(_what);
        Add(_timeout);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var timeout = TimeSpan.FromSeconds(arguments.GetValue(_timeout));
        var reply = await AskAsync(new() { Verb = Verbs.Refresh, TimeoutMilliseconds = (int)timeout.TotalMilliseconds }, timeout, cancellation);
        if (reply.NotYet)
            throw new CommandException($"it is not over after {Duration.Text(timeout)}, and goes on: see `meduza status`", ExitCodes.NotYet);
        Session.Output.WriteLine(Tones.Clean(reply.Text ?? ""));
        return ExitCodes.Done;
    }
}
