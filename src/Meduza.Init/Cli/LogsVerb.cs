using System.CommandLine;
using System.Globalization;
using Meduza.Init.Control;

namespace Meduza.Init.Cli;

/// <summary><c>meduza logs [-f] [-n N] [SERVICE…] [--json]</c>: what the services wrote, oldest first.
/// From PID 1's memory, and for one service also from its files.</summary>
internal sealed class LogsVerb : Verb
{
    private const int DefaultLines = 100;
    private const int MostLines = int.MaxValue;

    // How often in a row a connection may end before a frame of it came. An image of PID 1 that goes on in place just
    // then costs one; who refuses each time is no PID 1 that will answer.
    private const int MostUnheard = 10;

    private readonly Argument<string[]> _services = CommonOptions.Services("Only these services; all when none is named");
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on with each new line, until interrupted" };
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<int> _lines = new("--lines", "-n")
    {
        Description = "How many of the last lines",
        HelpName = "N",
        DefaultValueFactory = _ => DefaultLines,
        CustomParser = CommonOptions.WholeNumber,
    };

    public LogsVerb(Session session)
        : base(
            "logs", "Show what the services wrote", session,
            ("meduza logs", "the last lines of all services"),
            ("meduza logs -f bgpd ospfd", "two services, and each new line as it comes"),
            ("meduza logs -n 5000 bgpd", "of one service more than PID 1 has in memory: the older ones come from its files"),
            ("meduza logs --json agent", "for a script, a JSON object a line"))
    {
        Add(_services);
        Add(_follow);
        Add(_lines);
        Add(_json);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var request = new ControlRequest
        {
            Verb = Verbs.Logs,
            Services = [.. arguments.GetValue(_services) ?? []],
            Lines = arguments.GetValue(_lines),
            Follow = arguments.GetValue(_follow),
        };
        var json = arguments.GetValue(_json);
        var first = true;
        for (var unheard = 0; ; unheard++)
        {
            await using var connection = await ControlConnection.OpenAsync(Session.SocketPath, cancellation);
            try
            {
                await foreach (var reply in connection.StreamAsync(request, cancellation))
                {
                    unheard = 0;
                    if (first && request.Services is [var service])
                        Print(LogFiles.Older(Session.LogFolder, service, reply.Lines, request.Lines.GetValueOrDefault()), json);
                    first = false;
                    Print(reply.Lines, json);
                    Session.Output.Flush();
                    if (reply.Lines is [.., var last])
                        request = request with { After = last.Number, Lines = MostLines };
                }
                return ExitCodes.Done;
            }
            catch (ConnectionLostException) when (request.Follow && unheard < MostUnheard)
            {
                // PID 1 goes on in place, and what is followed goes on behind the last line.
            }
        }
    }

    private void Print(IEnumerable<LogLine> lines, bool json)
    {
        foreach (var line in lines)
            Session.Output.WriteLine(json ? JsonText.Line(line, CliJson.Write) : Text(line));
    }

    private string Text(LogLine line)
    {
        // A line from a file has no time: it is older than all that have one.
        var time = line.Time == 0
            ? "older".PadRight(24)
            : DateTimeOffset.FromUnixTimeMilliseconds(line.Time).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var tone = line.Stream == "err" ? Tone.Pending : Tone.Plain;
        return $"{Tones.Paint(time, Tone.Faint, Session.Colour)} {Tones.Paint(line.Service, Tone.Heading, Session.Colour)}: "
            + Tones.Paint(Tones.Clean(line.Text), tone, Session.Colour);
    }
}
