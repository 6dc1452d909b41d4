using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.Keys;

public static partial class KeyTable
{
    // The session over a link. What owns the link (openvpn/<NAME>/) is part of the prefix that the reader stands on.
    public static Key<bool> LinkBgpEnable { get; } = new(
        "/nodes/<ID>/openvpn/<NAME>/bgp/enable", Kinds.Flag, "Runs BGP over this link.") { Default = "true" };

    public static Key<AsNumber> LinkBgpPeerAsn { get; } = new(
        "/nodes/<ID>/openvpn/<NAME>/bgp/peer_asn", Kinds.AsNumber, "AS number of the other side.");

    public static Key<System.Net.IPAddress> LinkBgpPeerIp { get; } = new(
        "/nodes/<ID>/openvpn/<NAME>/bgp/peer_ip", Kinds.Ipv4, "Address of the other side.");

    public static Key<UpdateSource> LinkBgpUpdateSource { get; } = new(
        "/nodes/<ID>/openvpn/<NAME>/bgp/update_source", Kinds.UpdateSource, "Device or own address that the session starts from.")
    { Default = "the link's device" };

    public static Key<uint> LinkBgpWeight { get; } = new(
        "/nodes/<ID>/openvpn/<NAME>/bgp/weight", Kinds.Number(0, 65535), "Weight of the routes learned here; the highest is preferred.");

    public static Key<bool> LinkBgpNoTransit { get; } = new(
        "/nodes/<ID>/openvpn/<NAME>/bgp/no_transit", Kinds.Flag, "Learns only routes with an AS path of one or two.") { Default = "false" };

    public static Key<bool> LinkBgpNoForward { get; } = new(
        "/nodes/<ID>/openvpn/<NAME>/bgp/no_forward", Kinds.Flag, "Does not announce here what other external peers announced.") { Default = "false" };

    private static ImmutableArray<KeySpec> LinkBgpKeys =>
    [
        LinkBgpEnable, LinkBgpPeerAsn, LinkBgpPeerIp, LinkBgpUpdateSource, LinkBgpWeight, LinkBgpNoTransit, LinkBgpNoForward,
    ];

    public static Key<ImmutableArray<FilterRule>> BgpFilterIn { get; } = new(
        "/global/bgp/filter/in", FilterRule.Rules, "What may be learned from any BGP neighbour; the first rule that matches decides.")
    { Default = "deny 0.0.0.0/0, permit 0.0.0.0/0 le 32" };

    public static Key<ImmutableArray<FilterRule>> BgpFilterOut { get; } = new(
        "/global/bgp/filter/out", FilterRule.Rules, "What may be announced to any BGP neighbour; the first rule that matches decides.")
    { Default = "permit 0.0.0.0/0 le 32" };

    public static Key<TransitPeers> BgpTransit { get; } = new(
        "/global/bgp/transit", TransitPeers.Kind, "AS numbers of the external peers that get next-hop-self, or * for all of them.");

    public static Key<ImmutableArray<Prefix>> BgpEdgeBroadcast { get; } = new(
        "/global/bgp/edge_broadcast", Kinds.ListOf(Kinds.Ipv4Network, sorted: true), "Networks that every node with an external peer announces.");

    public static Key<bool> BgpEnable { get; } = new("/nodes/<ID>/bgp/enable", Kinds.Flag, "Runs BGP on the node.") { Default = "false", IsForOthers = true };

    public static Key<AsNumber> BgpAsn { get; } = new("/nodes/<ID>/bgp/asn", Kinds.AsNumber, "The node's AS number.")
    { IsForOthers = true };

    public static Key<AsNumber> BgpLocalAsn { get; } = new("/nodes/<ID>/bgp/local_asn", Kinds.AsNumber, "Read where bgp/asn is absent.")
    { IsForOthers = true };

    public static Key<RouterId> BgpRouterId { get; } = new("/nodes/<ID>/bgp/router_id", Kinds.RouterId, "BGP router id.") { Default = "router_id", IsForOthers = true };

    public static Key<uint> BgpMaxPaths { get; } = new(
        "/nodes/<ID>/bgp/max_paths", Kinds.Number(1, 64), "How many equally good routes are used at once.") { Default = "1" };

    public static Key<bool> BgpToOspfDefaultOnly { get; } = new(
        "/nodes/<ID>/bgp/to_ospf/default_only", Kinds.Flag, "Takes only the default route from BGP into OSPF.") { Default = "false" };

    private static ImmutableArray<KeySpec> BgpKeys =>
    [
        BgpFilterIn, BgpFilterOut, BgpTransit, BgpEdgeBroadcast, BgpEnable, BgpAsn, BgpLocalAsn, BgpRouterId, BgpMaxPaths, BgpToOspfDefaultOnly,
    ];

    public static Key<bool> OspfEnable { get; } = new("/nodes/<ID>/ospf/enable", Kinds.Flag, "Runs OSPF on the node.") { Default = "false" };

    public static Key<RouterId> OspfRouterId { get; } = new("/nodes/<ID>/ospf/router_id", Kinds.RouterId, "OSPF router id.") { Default = "router_id" };

    public static Key<OspfArea> OspfArea { get; } = new("/nodes/<ID>/ospf/area", Kinds.OspfArea, "Area of the active interfaces.") { Default = "0" };

    public static Key<ImmutableArray<DeviceName>> OspfActiveInterfaces { get; } = new(
        "/nodes/<ID>/ospf/active_ifaces", Kinds.ListOf(Kinds.Device), "Devices on which neighbours are looked for.") { Default = "the overlay's device" };

    public static Key<bool> OspfInjectSiteLan { get; } = new("/nodes/<ID>/ospf/inject_site_lan", Kinds.Flag, "Announces the networks of lan.")
    { Default = "true" };

    public static Key<bool> OspfInjectPrivateLan { get; } = new(
        "/nodes/<ID>/ospf/inject_private_lan", Kinds.Flag, "Announces the networks of private_lan.") { Default = "true" };

    public static Key<bool> OspfRedistributeBgp { get; } = new(
        "/nodes/<ID>/ospf/redistribute_bgp", Kinds.Flag, "Announces what BGP learned, with tag 65000.") { Default = "true" };

    private static ImmutableArray<KeySpec> OspfKeys =>
    [
        OspfEnable, OspfRouterId, OspfArea, OspfActiveInterfaces, OspfInjectSiteLan, OspfInjectPrivateLan, OspfRedistributeBgp,
    ];
}
