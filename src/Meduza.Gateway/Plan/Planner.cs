using System.Collections.Immutable;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Plan;

/// <summary>
/// Compares what must be with what is. The plan is complete (carried out, nothing differs any more) and minimal (what is
/// right already is not in it), so that equal states give an empty plan.
/// </summary>
public static class Planner
{
    private const string Root = "root";

    public static Changes Plan(DesiredState desired, ObservedState observed)
    {
        ArgumentNullException.ThrowIfNull(desired);
        ArgumentNullException.ThrowIfNull(observed);
        var changes = new Changes
        {
            Folders = [.. desired.Folders.Where(folder => Differs(folder, observed))],
            Removes = Removes(desired, observed),
            Writes = [.. desired.Files.Where(file => Differs(file, observed))],
            Symlinks = [.. desired.Symlinks.Where(link => observed.Symlinks.GetValueOrDefault(link.Path) != link.Target)],
            Deletes = Strays(desired, observed),
            Defines = [.. desired.Services.Where(service => Differs(service, observed))],
            Packets = observed.DifferingPackets,
            HealthPort = desired.HealthPort == observed.HealthPort ? null : new(desired.HealthPort),
            WireGuardDeletes = observed.StrayWireGuard,
            WireGuard = observed.DifferingWireGuard,
            Links = [.. desired.Links.Select(link => Compare(link, observed)).OfType<LinkChange>()],
        };
        changes = changes with { Frr = FrrChanges(desired, observed, changes) };
        return changes with { Components = Components(desired, changes) };
    }

    private static bool Differs(DesiredFolder folder, ObservedState observed) =>
        !observed.Folders.TryGetValue(folder.Path, out var there) || there.Mode != folder.Mode || there.Owner != (folder.Owner ?? Root);

    private static bool Differs(DesiredFile file, ObservedState observed) =>
        !observed.Files.TryGetValue(file.Path, out var there)
        || there.Mode != file.Mode
        || there.Owner != (file.Owner ?? Root)
        || (!file.Live && !there.Content.Equals(file.Content) && !there.Content.Span.SequenceEqual(file.Content.Span));

    private static bool Differs(ServiceDefinition service, ObservedState observed) =>
        !observed.Services.TryGetValue(service.Name, out var there)
        || !service.SameProcessAs(there)
        || service.ReloadRevision != there.ReloadRevision
        || service.Health != there.Health;

    /// <summary>Services that must go, those that wait for others before those that they wait for.</summary>
    private static ImmutableArray<ServiceDefinition> Removes(DesiredState desired, ObservedState observed)
    {
        var wanted = desired.Services.Select(service => service.Name).ToHashSet();
        var gone = observed.Services.Values.Where(service => !wanted.Contains(service.Name))
            .OrderBy(service => service.Name, StringComparer.Ordinal).ToList();
        List<ServiceDefinition> ordered = [];
        while (gone.Count > 0)
        {
            // Without a candidate they wait for each other in a circle, and any order is as good as another.
            var next = gone.Find(candidate => !gone.Exists(other => other != candidate && other.DependsOn(candidate.Name))) ?? gone[0];
            gone.Remove(next);
            ordered.Add(next);
        }
        return [.. ordered];
    }

    private static ImmutableArray<string> Strays(DesiredState desired, ObservedState observed)
    {
        // Of a thousand files none but those that are wanted: no need to say which.
        if (desired.Files.Count(file => observed.Files.ContainsKey(file.Path)) == observed.Files.Count)
            return [];
        var wanted = desired.Files.Select(file => file.Path).Concat(desired.Symlinks.Select(link => link.Path)).ToHashSet();
        return [.. observed.Files.Keys
            .Where(path => !wanted.Contains(path) && OwnerOf(path, desired) is not null)
            .Order(StringComparer.Ordinal)];
    }

    private static DesiredFolder? OwnerOf(string path, DesiredState desired) =>
        desired.Folders.FirstOrDefault(folder => folder.Owned && path[..path.LastIndexOf('/')] == folder.Path);

    private static LinkChange? Compare(DesiredLink link, ObservedState observed)
    {
        // A device that is not there yet is brought to its state when it appears; one of ours appears while this is applied.
        if (!observed.Links.TryGetValue(link.Name, out var there))
            return link.IsOurs ? new LinkChange(link.Name, true, link.Addresses, [], link.Component) { Mtu = link.Mtu } : null;
        ImmutableArray<InterfaceAddress> add = [.. link.Addresses.Except(there.Addresses)];
        // The kernel gives every device a link-local address of its own accord: it is neither ours nor in the way.
        ImmutableArray<InterfaceAddress> remove = [.. there.Addresses.Except(link.Addresses).Where(address => !address.Address.IsIPv6LinkLocal)];
        var mtu = link.Mtu == there.Mtu ? null : link.Mtu;
        return there.Up && add.IsEmpty && remove.IsEmpty && mtu is null
            ? null
            : new LinkChange(link.Name, !there.Up, add, remove, link.Component) { Mtu = mtu };
    }

    /// <summary>True for a service that gets another process, which reads its files: not where it is only looked at otherwise.</summary>
    internal static bool StartsAnew(string name, Changes changes, ObservedState observed) => changes.Defines.Any(
        service => service.Name == name && (!observed.Services.TryGetValue(name, out var there) || !service.SameProcessAs(there)));

    private static ImmutableArray<FrrChange> FrrChanges(DesiredState desired, ObservedState observed, Changes changes)
    {
        List<FrrChange> result = [];
        foreach (var config in desired.Frr)
        {
            // A daemon that does not run, or is about to be started anew, reads its file.
            if (!observed.Frr.TryGetValue(config.Daemon, out var running) || StartsAnew(config.Daemon, changes, observed))
                continue;
            var commands = running.Problem is null ? FrrDelta.Compute(running.Config, config.Config) : [];
            if (!commands.IsEmpty || running.Problem is not null)
                result.Add(new FrrChange(config.Daemon, commands, config.Config) { Problem = running.Problem });
        }
        return [.. result];
    }

    private static ImmutableArray<string> Components(DesiredState desired, Changes changes)
    {
        var touched = new SortedSet<string>(StringComparer.Ordinal);
        touched.UnionWith(changes.Removes.Select(service => service.Component));
        touched.UnionWith(changes.Writes.Select(file => file.Component));
        touched.UnionWith(changes.Symlinks.Select(link => link.Component));
        touched.UnionWith(changes.Defines.Select(service => service.Component));
        touched.UnionWith(changes.WireGuard);
        if (!changes.WireGuardDeletes.IsEmpty)
            touched.Add("wireguard");
        touched.UnionWith(changes.Links.Select(link => link.Component));
        touched.UnionWith(changes.Packets);
        if (changes.HealthPort is not null)
            touched.Add(HealthPortChange.Component);
        touched.UnionWith(changes.Frr.Select(change => desired.Services.FirstOrDefault(s => s.Name == change.Daemon)?.Component ?? change.Daemon));
        // A folder is a part's as a whole: it says nothing new where one of the part's instances is named already.
        var folders = changes.Folders.Concat(changes.Deletes.Select(path => OwnerOf(path, desired)).OfType<DesiredFolder>());
        foreach (var component in folders.Select(folder => folder.Component).Where(component => component.Length > 0).ToHashSet())
        {
            if (!touched.Any(other => other.StartsWith(component + "/", StringComparison.Ordinal)))
                touched.Add(component);
        }
        return [.. touched];
    }
}
