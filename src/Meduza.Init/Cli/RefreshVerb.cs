using System.CommandLine;
using Meduza.Init.Control;

namespace Meduza.Init.Cli;

/// <summary><c>meduza refresh [--timeout S]</c>: fetches all that is downloaded for this node anew, now, and says what came of it.</summary>
internal sealed class RefreshVerb : Verb
{
    private readonly Option<double> _timeout = CommonOptions.Timeout();

    public RefreshVerb(Session session)
        : base(
            "refresh", "Fetch the subscription in use, MosDNS's rule files and mihomo's geographical data anew, now", session,
            ("meduza refresh", "says what is new, what is the same still, or why something cannot be had or used: then it is exit code 1"),
            ("meduza refresh --timeout 20", "the same; exit code 3 when it is not over by then")) => Add(_timeout);

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
