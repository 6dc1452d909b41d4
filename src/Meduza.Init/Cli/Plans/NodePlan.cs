using System.Collections.Immutable;
using Meduza.Gateway.Model;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;
using Meduza.Gateway.Render.Mihomo;
using Meduza.Init.Agent;
using Meduza.Init.Agent.Apply;
using Meduza.Init.Agent.Downloads;
using Meduza.Init.Control;
using Meduza.Linux;

namespace Meduza.Init.Cli.Plans;

/// <summary>What a commit would do to the node that this runs on: what the agent does with one, up to the plan.</summary>
internal static class NodePlan
{
    /// <exception cref="CommandException">There is no PID 1 to ask, or this machine cannot be looked at.</exception>
    public static async Task<PlanDocument> OfAsync(Session session, NodeSettings settings, Snapshot keys, CancellationToken cancellation)
    {
        var result = ConfigParser.Parse(keys, settings.NodeId);
        var warnings = result.Warnings.Select(Finding);
        if (result.Config is not { } config)
            return PlanDocument.Rejected(settings.NodeId, keys.Revision, result.Errors.Select(Finding), warnings);

        var reply = await ControlConnection.AskAsync(session.SocketPath, new() { Verb = Verbs.Status }, null, cancellation);
        var services = reply.Services.Where(service => !ControlNames.IsPid1s(service.Name)).ToDictionary(service => service.Name, StringComparer.Ordinal);
        try
        {
            using var triggers = new Triggers();
            using var place = MachineAccess.Open(settings, services, triggers, session.Time, folders: null, problem => session.Error.WriteLine(problem), cancellation);
            var machine = place.Machine with { MihomoSecret = MihomoSecretFile.Load(MihomoSecretFile.DefaultPath), Subscriptions = Subscription(config.Clash), Geodata = Kept(NodeDownloads.GeodataPath, GeodataFile.Names), RuleFiles = Kept(NodeDownloads.RuleFilesPath, (config.Mosdns?.RuleFiles ?? []).Select(file => file.Path.ToString())) };
            var desired = Renderer.Render(config, machine);
            // The agent has it, and says which it is.
            place.HealthPort.Port = reply.Report?.HealthPort is { } port ? (ushort)port.Port : null;
            var observed = place.Observer.Observe(desired, services);
            return PlanDocument.Of(
                settings.NodeId, keys.Revision, warnings.Concat(desired.Warnings.Select(Finding)), desired, observed, Planner.Plan(desired, observed));
        }
        catch (LinuxException e)
        {
            throw new CommandException($"this machine cannot be looked at: {e.Message}: run it as root, where the gateway runs");
        }
    }

    /// <summary>Those that are there; the others are fetched after the commit.</summary>
    private static ImmutableDictionary<string, string> Kept(string folder, IEnumerable<string> names)
    {
        var kept = new KeptFiles(folder, boot: "");
        return names.Select(name => (Name: name, File: kept.Load(name, _ => { }))).Where(pair => pair.File is not null)
            .ToImmutableDictionary(pair => pair.Name, pair => pair.File!.Path, StringComparer.Ordinal);
    }

    /// <summary>The one in use, where it was fetched.</summary>
    private static ImmutableDictionary<string, ReadOnlyMemory<byte>> Subscription(ClashConfig? clash)
    {
        var none = ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty;
        return clash?.Subscription?.ToString() is { } name && new DownloadFolder(SubscriptionKeeper.DefaultPath).Load(name, _ => { }) is { } kept
            ? none.Add(name, kept.Content)
            : none;
    }

    private static PlanFinding Finding(KeyFinding finding) => new(finding.Key, finding.Message);
}
