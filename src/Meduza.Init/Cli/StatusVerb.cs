using System.CommandLine;
using Meduza.Init.Control;

namespace Meduza.Init.Cli;

/// <summary><c>meduza status [SERVICE] [--json|--quiet]</c>: the node, its commit, its services and links. Exit 0 only when all is up.</summary>
internal sealed class StatusVerb : Verb
{
    private readonly Argument<string?> _service = CommonOptions.Service(ArgumentArity.ZeroOrOne, "Only this service");
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print nothing: only the exit code tells" };

    public StatusVerb(Session session)
        : base(
            "status", "Show the node, the commit applied, and the state of every service, link and neighbour", session,
            ("meduza status", "everything; exit code 3 when something is not up, or the last commit is not applied"),
            ("meduza status bgpd", "one service"),
            ("meduza status --json", "the same for a script"),
            ("meduza status --quiet", "for a health check"))
    {
        Add(_service);
        Add(_json);
        Add(_quiet);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var reply = await AskAsync(new() { Verb = Verbs.Status }, null, cancellation);
        var session = arguments.GetValue(_quiet) ? Session with { Output = TextWriter.Null } : Session;
        return arguments.GetValue(_service) is { } name
            ? One(session, reply, name, arguments.GetValue(_json))
            : All(session, reply, arguments.GetValue(_json));
    }

    private static int All(Session session, ControlReply reply, bool json)
    {
        var document = StatusDocument.Of(reply, session.Time);
        if (json)
            session.Output.WriteLine(JsonText.Document(document, CliJson.Write));
        else
            session.Output.Write(StatusTable.Text(reply, session.Time, session.Colour));
        return document.Ok ? ExitCodes.Done : ExitCodes.NotYet;
    }

    private static int One(Session session, ControlReply reply, string name, bool json)
    {
        var service = ServiceNames.Find(reply.Services, name);
        if (json)
            session.Output.WriteLine(JsonText.Document(ServiceRow.Of(service), CliJson.Write));
        else
            session.Output.Write(StatusTable.Services([service]).Text(session.Colour));
        return ServiceStates.IsUp(service.State) ? ExitCodes.Done : ExitCodes.NotYet;
    }
}
