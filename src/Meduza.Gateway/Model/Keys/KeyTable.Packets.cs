using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.Keys;

public static partial class KeyTable
{
    internal const string NetworkMappingPrefix = "network_mapping/";

    public static Key<ClashMode> ClashMode { get; } = new(
        "/nodes/<ID>/clash/mode", Kinds.OneOf(("mixed", Model.ClashMode.Mixed), ("tproxy", Model.ClashMode.Tproxy)),
        "How mihomo gets connections: from programs that ask it, or from all packets of the LANs.")
    { Default = "mixed" };

    public static Key<ImmutableArray<PortSelector>> ClashExcludedPorts { get; } = new(
        "/nodes/<ID>/clash/exclude_tproxy_port",
        Kinds.ListOf(ValueKind.Line<PortSelector>("port selector", PortSelector.Expected, PortSelector.TryParse), sorted: true),
        "Ports that are not proxied; in: for connections that come in to them, out: for those that go out to them.");

    public static Key<Transports> ClashTproxyProtocol { get; } = new(
        "/nodes/<ID>/clash/tproxy_protocol",
        Kinds.OneOf(("tcp+udp", Transports.Both), ("udp+tcp", Transports.Both), ("tcp", Transports.Tcp), ("udp", Transports.Udp)),
        "Which protocols are proxied.")
    { Default = "tcp+udp" };

    public static Key<bool> ClashUseConntrack { get; } = new(
        "/nodes/<ID>/clash/use_conntrack", Kinds.Flag,
        "Leaves answers to connections from DEFAULT_GW alone, too: who began a connection is looked up.")
    { Default = "false" };

    public static Key<bool> ClashExcludeRfc1918 { get; } = new(
        "/nodes/<ID>/clash/exclude_rfc1918", Kinds.Flag, "Leaves connections to 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16 alone.")
    { Default = "false" };

    public static Key<ImmutableArray<PortForward>> PortForwards { get; } = new(
        "/nodes/<ID>/portforward",
        Kinds.ListOf(ValueKind.Line<PortForward>("port forward", PortForward.Expected, PortForward.TryParse)),
        "Ports of this machine whose connections, TCP and UDP, go to a port of another one.");

    public static Key<Prefix> NetworkMapping { get; } = new(
        "/nodes/<ID>/network_mapping/<ADDRESS>/<LENGTH>", Kinds.Ipv4Network,
        "The network as which others see the one in the key: host by host, so both have one size.");

    private static ImmutableArray<KeySpec> PacketKeys =>
        [ClashMode, ClashExcludedPorts, ClashTproxyProtocol, ClashUseConntrack, ClashExcludeRfc1918, PortForwards, NetworkMapping];
}
