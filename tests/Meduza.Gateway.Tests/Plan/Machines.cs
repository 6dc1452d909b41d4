using System.Collections.Immutable;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Tests.Plan;

/// <summary>Machines as they are observed.</summary>
internal static class Machines
{
    /// <summary>A machine on which a desired state was applied in full.</summary>
    public static ObservedState After(DesiredState state) => new()
    {
        Folders = state.Folders.ToImmutableDictionary(folder => folder.Path, folder => new ObservedFolder(folder.Mode, folder.Owner ?? "root")),
        Files = state.Files.ToImmutableDictionary(file => file.Path, file => new ObservedFile(file.Content, file.Mode, file.Owner ?? "root")),
        Symlinks = state.Symlinks.ToImmutableDictionary(link => link.Path, link => link.Target),
        Services = state.Services.ToImmutableDictionary(service => service.Name),
        Links = state.Links.ToImmutableDictionary(link => link.Name, link => new ObservedLink(true, link.Addresses) { Mtu = link.Mtu ?? 0 }),
        HealthPort = state.HealthPort,
        Frr = state.Frr.ToImmutableDictionary(frr => frr.Daemon, frr => new ObservedFrr(frr.Config)),
    };

    /// <summary>The machine after a plan was carried out on it.</summary>
    public static ObservedState Apply(this ObservedState machine, Changes changes) => machine with
    {
        Folders = machine.Folders.SetItems(changes.Folders.Select(folder => KeyValuePair.Create(folder.Path, new ObservedFolder(folder.Mode, folder.Owner ?? "root")))),
        Files = machine.Files.ToImmutableDictionary().RemoveRange(changes.Deletes)
            .SetItems(changes.Writes.Select(file => KeyValuePair.Create(file.Path, new ObservedFile(file.Content, file.Mode, file.Owner ?? "root")))),
        Symlinks = machine.Symlinks.SetItems(changes.Symlinks.Select(link => KeyValuePair.Create(link.Path, link.Target))),
        Services = machine.Services.RemoveRange(changes.Removes.Select(service => service.Name))
            .SetItems(changes.Defines.Select(service => KeyValuePair.Create(service.Name, service))),
        Links = machine.Links.SetItems(changes.Links.Select(link => KeyValuePair.Create(link.Name, Apply(machine.Links.GetValueOrDefault(link.Name), link)))),
        HealthPort = changes.HealthPort is { } change ? change.Port : machine.HealthPort,
        // A daemon that starts reads its file, and one that is stopped runs nothing.
        Frr = machine.Frr.RemoveRange(changes.Removes.Select(service => service.Name))
            .SetItems(changes.Frr.Select(change => KeyValuePair.Create(change.Daemon, new ObservedFrr(change.Config)))),
    };

    private static ObservedLink Apply(ObservedLink? link, LinkChange change) => new(
        change.BringUp || link is { Up: true }, [.. (link?.Addresses ?? []).Except(change.Remove), .. change.Add]) { Mtu = change.Mtu ?? link?.Mtu ?? 0 };
}
