using System.CommandLine;
using System.Text.Json;
using Meduza.Init.Control;

namespace Meduza.Init.Cli;

/// <summary><c>meduza status [SERVICE] [--json]</c>: the node, its commit, its services and links. Exit 0 only when all is up.</summary>
internal sealed class StatusVerb : Verb
{
    private readonly Argument<string?> _service = CommonOptions.Service(ArgumentArity.ZeroOrOne, "Only this service");
    private readonly Option<bool> _json = CommonOptions.Json();

    public StatusVerb(Session session)
        : base(
            "status", "Show the node, the commit applied, and the state of every service, link and neighbour", session,
            ("meduza status", "everything; exit code 3 when something is not up, or the last commit is not applied"),
            ("meduza status bgpd", "one service"),
            ("meduza status --json", "the same for a script"))
    {
        Add(_service);
        Add(_json);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var reply = await AskAsync(new() { Verb = Verbs.Status }, null, cancellation);
        return arguments.GetValue(_service) is { } name
            ? One(reply, name, arguments.GetValue(_json))
            : All(reply, arguments.GetValue(_json));
    }

    private int All(ControlReply reply, bool json)
    {
        var document = StatusDocument.Of(reply);
        if (json)
            Session.Output.WriteLine(JsonSerializer.Serialize(document, CliJson.Document.StatusDocument));
        else
            Session.Output.Write(StatusTable.Text(reply, Session.Time.GetUtcNow(), Session.Colour));
        return document.Ok ? ExitCodes.Done : ExitCodes.NotYet;
    }

    private int One(ControlReply reply, string name, bool json)
    {
        var service = ServiceNames.Find(reply.Services, name);
        if (json)
            Session.Output.WriteLine(JsonSerializer.Serialize(ServiceRow.Of(service), CliJson.Document.ServiceRow));
        else
            Session.Output.Write(StatusTable.Services([service]).Text(Session.Colour));
        return ServiceStates.IsUp(service.State) ? ExitCodes.Done : ExitCodes.NotYet;
    }
}
