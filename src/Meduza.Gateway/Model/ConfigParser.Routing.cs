using System.Collections.Immutable;
using System.Net;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

public static partial class ConfigParser
{
    private const string LeftOutOfIbgp = "the node is left out of iBGP";

    private static OspfConfig? ReadOspf(KeyReader own, GatewayConfig config)
    {
        if (!own.Get(KeyTable.OspfEnable, false))
            return null;
        if (config.InternalRouting == InternalRouting.Bgp)
        {
            own.Findings.Warn(own.FullKey(KeyTable.OspfEnable), "OSPF stays off: /global/internal_routing_system is bgp");
            return null;
        }
        var active = own.List(KeyTable.OspfActiveInterfaces);
        if (active.IsEmpty && config.OverlayDevice is { } overlay)
            active = [overlay];
        if (active.IsEmpty)
            own.Findings.Warn(own.FullKey(KeyTable.OspfEnable), "OSPF has no interface to find neighbours on: there is no overlay, and ospf/active_ifaces is not set");
        if (config.Tinc is { Mode: "router" } routed && active.Contains(routed.Device))
            own.Findings.Warn(own.FullKey(KeyTable.TincMode), "is router, which carries no multicast: OSPF finds no neighbours on the overlay");
        return new OspfConfig
        {
            RouterId = ReadRouterId(own, KeyTable.OspfRouterId, "ospfd"),
            Area = own.Get(KeyTable.OspfArea, default),
            ActiveInterfaces = [.. active.OrderBy(device => device.ToString(), StringComparer.Ordinal)],
            InjectSiteLan = own.Get(KeyTable.OspfInjectSiteLan, true),
            InjectPrivateLan = own.Get(KeyTable.OspfInjectPrivateLan, true),
            RedistributeBgp = own.Get(KeyTable.OspfRedistributeBgp, true),
            BgpDefaultOnly = own.Get(KeyTable.BgpToOspfDefaultOnly, false),
        };
    }

    /// <summary>The daemon's own router id, or the node's; null, with a warning, where there is neither.</summary>
    private static RouterId? ReadRouterId(KeyReader own, Key<RouterId> key, string daemon)
    {
        var id = own.OrNull(key) ?? own.OrNull(KeyTable.RouterId);
        if (id is null)
            own.Findings.Warn(own.FullKey(key), $"is missing, and router_id too: {daemon} chooses a router id by itself, another one after each change of addresses");
        return id;
    }

    private static BgpConfig? ReadBgp(
        KeyReader own, KeyReader global, GatewayConfig config, FleetNodes fleet,
        List<LinkOfOwn> links)
    {
        if (!own.Get(KeyTable.BgpEnable, false))
        {
            if (config.InternalRouting == InternalRouting.Bgp)
                own.Findings.Warn(own.FullKey(KeyTable.BgpEnable), "is not set, but /global/internal_routing_system is bgp: this node learns no networks of other nodes");
            return null;
        }
        AsNumber asn;
        if (own.Has(KeyTable.BgpAsn) || !own.Has(KeyTable.BgpLocalAsn))
        {
            if (!own.Require(KeyTable.BgpAsn, "BGP needs the node's AS number", out asn))
                return null;
        }
        else if (!own.TryGet(KeyTable.BgpLocalAsn, out asn))
        {
            return null;
        }
        return new BgpConfig
        {
            Asn = asn,
            RouterId = ReadRouterId(own, KeyTable.BgpRouterId, "bgpd"),
            MaxPaths = own.Get(KeyTable.BgpMaxPaths, 1u),
            Peers = ReadLinkPeers(links),
            NodePeers = config.InternalRouting == InternalRouting.Bgp ? NodePeers(own, config, fleet, asn) : [],
            FilterIn = OrDefault(global.List(KeyTable.BgpFilterIn), DefaultFilterIn),
            FilterOut = OrDefault(global.List(KeyTable.BgpFilterOut), DefaultFilterOut),
            Transit = global.Get(KeyTable.BgpTransit, TransitPeers.None),
            EdgeBroadcast = global.List(KeyTable.BgpEdgeBroadcast),
        };
    }

    private static Prefix Everything => Prefix.Of(IPAddress.Any, 0);

    private static ImmutableArray<FilterRule> DefaultFilterOut => [new FilterRule(true, Everything, null, 32)];

    private static ImmutableArray<FilterRule> DefaultFilterIn => [new FilterRule(false, Everything, null, null), .. DefaultFilterOut];

    private static ImmutableArray<FilterRule> OrDefault(ImmutableArray<FilterRule> rules, ImmutableArray<FilterRule> fallback) =>
        rules.IsEmpty ? fallback : rules;

    private static ImmutableArray<BgpPeer> ReadLinkPeers(List<LinkOfOwn> links)
    {
        var owners = new Dictionary<IPAddress, string>();
        List<BgpPeer> peers = [];
        foreach (var (link, device, _, keys) in links)
        {
            if (ReadLinkPeer(keys, link, device) is not { } peer)
                continue;
            if (owners.TryAdd(peer.Address, peer.Link))
                peers.Add(peer);
            else
                keys.Findings.Error(keys.FullKey(KeyTable.LinkBgpPeerIp), $"{peer.Address} is the BGP peer of {owners[peer.Address]} already");
        }
        return [.. peers.OrderBy(peer => Prefix.Of(peer.Address, 32))];
    }

    /// <summary>The BGP session over one link; null where there is none. Links of every kind have the same keys.</summary>
    private static BgpPeer? ReadLinkPeer(KeyReader link, string name, DeviceName device)
    {
        var asked = link.Has(KeyTable.LinkBgpEnable);
        if (!link.Get(KeyTable.LinkBgpEnable, true))
            return null;
        if (!asked && !link.Has(KeyTable.LinkBgpPeerAsn) && !link.Has(KeyTable.LinkBgpPeerIp))
            return null;
        var whole = link.Require(KeyTable.LinkBgpPeerAsn, "a BGP peer needs peer_asn and peer_ip", out var asn);
        whole &= link.Require(KeyTable.LinkBgpPeerIp, "a BGP peer needs peer_asn and peer_ip", out var address);
        var peer = new BgpPeer(name, address ?? IPAddress.Any, asn, link.Get(KeyTable.LinkBgpUpdateSource, UpdateSource.Of(device)))
        {
            Weight = link.OrNull(KeyTable.LinkBgpWeight),
            NoTransit = link.Get(KeyTable.LinkBgpNoTransit, false),
            NoForward = link.Get(KeyTable.LinkBgpNoForward, false),
        };
        return whole ? peer : null;
    }

    /// <summary>The full mesh: every other node with a router id, as far as it can be reached over the overlay.</summary>
    private static ImmutableArray<BgpNodePeer> NodePeers(KeyReader own, GatewayConfig config, FleetNodes fleet, AsNumber asn)
    {
        var overlay = config.OverlayAddress;
        var source = AddressInOverlay(own.OrNull(KeyTable.RouterId), overlay, overlay);
        return fleet.Memory.Derive(NodePart.BgpSpeaker, fleet.Nodes, config.Mesh, Read, (overlay?.ToString(), source?.ToString(), asn), own.Findings, (readings, found) =>
        {
            List<BgpNodePeer> peers = [];
            var seen = new HashSet<IPAddress>();
            foreach (var (other, speaker) in Usable<BgpSpeaker>(readings, LeftOutOfIbgp, found))
            {
                var key = other.Prefix;
                if (speaker.Asn is { } theirs && theirs != asn)
                    found.Warn(key + "bgp/asn", $"is {theirs}, not {asn} as here ({LeftOutOfIbgp})");
                else if (AddressInOverlay(speaker.RouterId, overlay, speaker.Overlay) is not { } address)
                    found.Warn(key + "router_id", $"has no address in the overlay ({LeftOutOfIbgp})");
                else if (!seen.Add(address) || address.Equals(source))
                    found.Warn(key + "router_id", $"its address {address} is that of another node too ({LeftOutOfIbgp})");
                else
                    peers.Add(new BgpNodePeer(other.Name!.Value, address, source, speaker.Behavior));
            }
            return peers.OrderBy(peer => Prefix.Of(peer.Address, 32)).ToImmutableArray();
        });

        object? Read(KnownNode node, KeyReader keys) => ReadSpeaker(keys, config.Mesh);
    }

    /// <summary>The router id where it lies in the overlay's network (or where there is no overlay to lie in), else the overlay address.</summary>
    private static IPAddress? AddressInOverlay(RouterId? routerId, HostAddress? overlay, HostAddress? address)
    {
        if (routerId is { } id && (overlay is null || overlay.Network.Contains(id.Address)))
            return id.Address;
        return address?.Address;
    }
}
