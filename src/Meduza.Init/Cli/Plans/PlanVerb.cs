using System.CommandLine;
using Meduza.Init.Agent;
using Meduza.Init.Cli.KeyFiles;
using Snapshot = Meduza.Gateway.Model.Snapshot;

namespace Meduza.Init.Cli.Plans;

/// <summary><c>meduza plan [--from FILE|-] [--json]</c>: what a commit would do to this node. The very code that would do it, without the last step.</summary>
internal sealed class PlanVerb : Verb
{
    private readonly Option<string?> _from = CommonOptions.From();
    private readonly Option<bool> _json = CommonOptions.Json();

    public PlanVerb(Session session)
        : base(
            "plan", "Show what committing the keys in etcd now would do to this node, and touch nothing", session,
            ("meduza plan", "services, files, devices, rules, and the BGP sessions that it would reset; exit code 3 when it would be rejected"),
            ("meduza plan --from keys.yaml", "the same for keys that are not in etcd yet"))
    {
        Add(_from);
        Add(_json);
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var settings = NodeSettings.Parse(Session.Variable, out var errors) ?? throw new CommandException(string.Join("; ", errors));
        var keys = arguments.GetValue(_from) is { } from ? KeyFile.Read(from, Session) : await FromEtcdAsync(cancellation);
        var plan = await NodePlan.OfAsync(Session, settings, keys, cancellation);
        if (arguments.GetValue(_json))
            Session.Output.WriteLine(JsonText.Document(plan, CliJson.Write));
        else
            Session.Output.Write(PlanText.Of(plan, Session.Colour));
        return plan.Errors.IsEmpty ? ExitCodes.Done : ExitCodes.NotYet;
    }

    private async Task<Snapshot> FromEtcdAsync(CancellationToken cancellation)
    {
        await using var etcd = await KeyAccess.OpenAsync(Session, cancellation);
        return await etcd.ReadAsync(KeyAccess.OperatorPrefixes, cancellation);
    }
}
