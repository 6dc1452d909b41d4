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
        Folders = state.Folders.ToImmutableDictionary(folder => folder.Path, folder => (folder.Mode, folder.Owner ?? "root")),
        Files = state.Files.ToImmutableDictionary(file => file.Path, file => new ObservedFile(file.Content, file.Mode, file.Owner ?? "root")),
        Services = state.Services.ToImmutableDictionary(service => service.Name),
        Links = state.Links.ToImmutableDictionary(link => link.Name, link => new ObservedLink(true, link.Addresses) { Mtu = link.Mtu ?? 0 }),
        Frr = state.Frr.ToImmutableDictionary(frr => frr.Daemon, frr => new ObservedFrr(frr.Config, true)),
    };
}
