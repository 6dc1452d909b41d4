using System.Collections.Immutable;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;

namespace Meduza.Init.Cli.Plans;

/// <summary>What committing some keys would do to this node. No secret is in it.</summary>
/// <param name="Node">Its id.</param>
/// <param name="Revision">Of etcd, at which the keys were read.</param>
/// <param name="Errors">Why the commit would be rejected; then nothing else is in here.</param>
/// <param name="Warnings">What is odd and stops nothing.</param>
/// <param name="Components">The parts that would be touched, sorted.</param>
/// <param name="BgpResets">Neighbours whose sessions would end or start anew.</param>
internal sealed record PlanDocument(
    string Node,
    long Revision,
    ImmutableArray<PlanFinding> Errors,
    ImmutableArray<PlanFinding> Warnings,
    ImmutableArray<string> Components,
    ImmutableArray<PlanService> Services,
    ImmutableArray<PlanFile> Files,
    ImmutableArray<PlanDevice> Devices,
    ImmutableArray<PlanRouting> Routing,
    ImmutableArray<string> PacketRules,
    ImmutableArray<string> BgpResets)
{
    /// <summary>What becomes of the port for health probes, in words; null where it stays.</summary>
    public string? HealthPort { get; init; }

    public bool IsEmpty => Components.IsEmpty;

    public static PlanDocument Rejected(string node, long revision, IEnumerable<PlanFinding> errors, IEnumerable<PlanFinding> warnings) =>
        new(node, revision, [.. errors], [.. warnings], [], [], [], [], [], [], []);

    public static PlanDocument Of(
        string node, long revision, IEnumerable<PlanFinding> warnings, DesiredState desired, ObservedState observed, Changes changes) => new(
        node, revision, [], [.. warnings], changes.Components,
        [.. PlanService.Of(changes, observed)],
        [.. PlanFile.Of(changes, observed)],
        [.. PlanDevice.Of(changes, desired)],
        [.. changes.Frr.Select(change => new PlanRouting(change.Daemon, change.Problem is { } problem ? [problem] : [.. change.Commands.Select(command => command.Line)]))],
        changes.Packets,
        Gateway.Plan.BgpResets.Of(changes, observed))
    {
        HealthPort = changes.HealthPort is not { } change ? null : change.Port is { } port ? $"open {port}" : "close",
    };
}

/// <summary>What is wrong or odd, and with which key.</summary>
internal sealed record PlanFinding(string Key, string Message);

/// <summary>One service.</summary>
/// <param name="Action"><c>start</c>, <c>restart</c>, <c>reload</c>, <c>recheck</c> (it is looked at otherwise), or <c>stop</c>.</param>
internal sealed record PlanService(string Name, string Action)
{
    public static IEnumerable<PlanService> Of(Changes changes, ObservedState observed) =>
    [
        .. changes.Removes.Select(service => new PlanService(service.Name, "stop")),
        .. changes.Defines.Select(service => new PlanService(service.Name, Step(service, observed))),
    ];

    // As PID 1 decides it.
    private static string Step(ServiceDefinition service, ObservedState observed) =>
        !observed.Services.TryGetValue(service.Name, out var there) ? "start"
        : !service.SameProcessAs(there) ? "restart"
        : service.ReloadRevision != there.ReloadRevision ? "reload"
        : "recheck";
}

/// <summary>One file.</summary>
/// <param name="Action"><c>write</c> or <c>delete</c>.</param>
/// <param name="Diff">How it changes, as a unified diff; null where that is nobody's to see, or only mode or owner change.</param>
internal sealed record PlanFile(string Path, string Action, bool Secret, string? Diff)
{
    public static IEnumerable<PlanFile> Of(Changes changes, ObservedState observed) =>
    [
        .. changes.Writes.Select(file => Written(file, observed)),
        .. changes.Symlinks.Select(link => new PlanFile(link.Path, "write", Secret: false, Diff: null)),
        // What is not desired any more is not known to be no secret.
        .. changes.Deletes.Select(path => new PlanFile(path, "delete", Secret: true, Diff: null)),
    ];

    private static PlanFile Written(DesiredFile file, ObservedState observed)
    {
        var isHidden = file.Secret || file.MayReplaceSecret;
        return new(file.Path, "write", isHidden, isHidden ? null : FileDifference.Of(file.Path, observed.Files.GetValueOrDefault(file.Path)?.Content, file.Content));
    }
}

/// <summary>One network device.</summary>
/// <param name="Action">What is done to it, in words.</param>
internal sealed record PlanDevice(string Name, string Action)
{
    public static IEnumerable<PlanDevice> Of(Changes changes, DesiredState desired) =>
    [
        .. changes.WireGuardDeletes.Select(name => new PlanDevice(name, "delete")),
        .. desired.WireGuard.Where(device => changes.WireGuard.Contains(device.Component)).Select(device => new PlanDevice(device.Device, "set keys and peers")),
        .. changes.Links.Select(link => new PlanDevice(link.Name, string.Join(", ", Steps(link)))),
    ];

    private static IEnumerable<string> Steps(LinkChange link)
    {
        if (link.Mtu is { } mtu)
            yield return $"set MTU {mtu}";
        foreach (var address in link.Remove)
            yield return $"remove {address}";
        foreach (var address in link.Add)
            yield return $"add {address}";
        if (link.BringUp)
            yield return "bring up";
    }
}

/// <summary>The lines that one routing daemon would be given.</summary>
internal sealed record PlanRouting(string Daemon, ImmutableArray<string> Commands);
