using System.Collections.Immutable;
using System.Globalization;
using Meduza.Gateway.Model;
using Meduza.Gateway.Render;
using Meduza.Init.Supervise.Boot;

namespace Meduza.Init.Cli.Offline;

/// <summary>What a node must be beyond the content of its files, for people and programs. No secret is in it.</summary>
internal sealed record StateDocument(
    string Node,
    string? Commit,
    ImmutableArray<StateFolder> Folders,
    ImmutableArray<StateFile> Files,
    ImmutableArray<StateService> Services,
    ImmutableArray<StateLink> Links,
    ImmutableArray<StateWireGuard> WireGuard,
    ImmutableArray<string> FrrDaemons,
    StatePackets Packets,
    ImmutableArray<StateRule> Rules,
    ImmutableSortedDictionary<string, string> Sysctls,
    int? HealthPort)
{
    public static StateDocument Of(GatewayConfig config, DesiredState state) => new(
        config.Node.ToString(),
        config.Commit,
        [.. state.Folders.Select(folder => new StateFolder(folder.Path, Octal(folder.Mode), folder.Owner ?? "root", folder.Owned))],
        [.. state.Files.Select(file => new StateFile(file.Path, Octal(file.Mode), file.Owner ?? "root", file.Component, file.Content.Length, file.Secret))],
        [.. state.Services.Select(StateService.Of)],
        [.. state.Links.Select(link => new StateLink(link.Name, [.. link.Addresses.Select(address => address.ToString())], link.Mtu, link.Component))],
        [.. state.WireGuard.Select(StateWireGuard.Of)],
        [.. state.Frr.Select(frr => frr.Daemon)],
        StatePackets.Of(state.Packets),
        state.Packets.Proxy is null ? [] : [StateRule.OfProxy],
        Ground.KernelSettings.ToImmutableSortedDictionary(setting => setting.Key, setting => setting.Value, StringComparer.Ordinal),
        state.HealthPort);

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');
}

/// <param name="Owned">True when whatever else lies in it is deleted.</param>
internal sealed record StateFolder(string Path, string Mode, string Owner, bool Owned);

/// <param name="Size">In bytes.</param>
internal sealed record StateFile(string Path, string Mode, string Owner, string Component, int Size, bool Secret);

internal sealed record StateLink(string Name, ImmutableArray<string> Addresses, int? Mtu, string Component);

/// <summary>A routing rule, and the one route of its table.</summary>
internal sealed record StateRule(uint Priority, string Fwmark, uint Table, string Route)
{
    /// <summary>Marked packets are local, whoever they are for.</summary>
    public static StateRule OfProxy { get; } = new(
        TransparentProxy.RulePriority,
        string.Create(CultureInfo.InvariantCulture, $"0x{TransparentProxy.Mark:x}/0x{TransparentProxy.Mark:x}"),
        TransparentProxy.Table,
        "local 0.0.0.0/0 dev lo");
}

internal sealed record StateService(
    string Name, string Component, ImmutableArray<string> Command, ImmutableArray<string> Environment, string? User,
    ImmutableArray<string>? Capabilities, ImmutableArray<string> Requires, ImmutableArray<string> After,
    string Readiness, string? ReadinessTarget, int? ReloadSignal)
{
    public static StateService Of(ServiceDefinition service) => new(
        service.Name, service.Component, service.Command, service.Environment, service.Privileges.User, service.Privileges.Capabilities,
        service.Requires, service.After,
        service.Readiness.Kind.ToString(), service.Readiness.Target is { Length: > 0 } target ? target : null,
        service.ReloadSignal == 0 ? null : service.ReloadSignal);
}

internal sealed record StateWireGuard(
    string Device, string Component, ushort? ListenPort, bool InKernel, ImmutableArray<StateWireGuardPeer> Peers)
{
    public static StateWireGuard Of(DesiredWireGuard device) => new(
        device.Device, device.Component, device.Instance.ListenPort?.Number, device.InKernel,
        [.. device.Instance.Peers.Select(peer => new StateWireGuardPeer(
            peer.Name.ToString(), peer.PublicKey.ToString(), peer.PresharedKey is not null, peer.Endpoint?.ToString(),
            [.. peer.AllowedIps.Select(prefix => prefix.ToString())], peer.PersistentKeepalive))]);
}

/// <param name="PersistentKeepalive">In seconds; 0 is off.</param>
internal sealed record StateWireGuardPeer(
    string Name, string PublicKey, bool Preshared, string? Endpoint, ImmutableArray<string> AllowedIps, uint PersistentKeepalive);

internal sealed record StatePackets(StateProxy? Proxy, ImmutableArray<string> Mappings, ImmutableArray<string> Forwards)
{
    public static StatePackets Of(PacketRules rules) => new(
        rules.Proxy is { } proxy ? StateProxy.Of(proxy) : null,
        [.. rules.Mappings.Select(mapping => mapping.ToString())],
        [.. rules.Forwards.Select(forward => forward.ToString())]);
}

/// <summary>Which packets the transparent proxy takes.</summary>
internal sealed record StateProxy(
    ushort Port, ImmutableArray<string> Sources, string Transports, ImmutableArray<string> ExcludedDevices, ImmutableArray<string> ExcludedDestinations,
    ImmutableArray<string> ExcludedSources, ImmutableArray<string> ExcludedPorts)
{
    public static StateProxy Of(TransparentProxy proxy) => new(
        TransparentProxy.ListenPort,
        [.. proxy.Sources.Select(source => source.ToString())],
        proxy.Transports.ToString(),
        proxy.ExcludedDevices,
        [.. proxy.ExcludedDestinations.Select(destination => destination.ToString())],
        [.. proxy.ExcludedSources.Select(source => source.ToString())],
        [.. proxy.ExcludedPorts.Select(port => port.ToString())]);
}
