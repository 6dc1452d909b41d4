using System.CommandLine;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;
using Meduza.Init.Agent;
using Meduza.Init.Agent.Apply;
using Meduza.Init.Cli.KeyFiles;
using Meduza.Init.Control;
using Meduza.Linux;
using ConfigParser = Meduza.Gateway.Model.ConfigParser;
using KeyFinding = Meduza.Gateway.Model.KeyFinding;
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
        var plan = await PlanAsync(settings, keys, cancellation);
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

    private async Task<PlanDocument> PlanAsync(NodeSettings settings, Snapshot keys, CancellationToken cancellation)
    {
        var result = ConfigParser.Parse(keys, settings.NodeId);
        var warnings = result.Warnings.Select(Finding);
        if (result.Config is not { } config)
            return PlanDocument.Rejected(settings.NodeId, keys.Revision, result.Errors.Select(Finding), warnings);

        var reply = await AskAsync(new() { Verb = Verbs.Status }, null, cancellation);
        var services = reply.Services.Where(service => !ControlNames.IsPid1s(service.Name)).ToDictionary(service => service.Name, StringComparer.Ordinal);
        try
        {
            using var triggers = new Triggers();
            using var place = MachineAccess.Open(settings, services, triggers, Session.Time, problem => Session.Error.WriteLine(problem), cancellation);
            var desired = Renderer.Render(config, place.Machine with { MihomoSecret = MihomoSecretFile.Load(MihomoSecretFile.DefaultPath) });
            var observed = place.Observer.Observe(desired, services);
            return PlanDocument.Of(
                settings.NodeId, keys.Revision, warnings.Concat(desired.Warnings.Select(Finding)), desired, observed, Planner.Plan(desired, observed));
        }
        catch (LinuxException e)
        {
            throw new CommandException($"this machine cannot be looked at: {e.Message}: run it as root, where the gateway runs");
        }
    }

    private static PlanFinding Finding(KeyFinding finding) => new(finding.Key, finding.Message);
}
