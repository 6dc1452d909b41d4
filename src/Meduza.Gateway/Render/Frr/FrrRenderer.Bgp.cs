using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Render.Frr;

internal static partial class FrrRenderer
{
    /// <summary>A neighbour, whichever way the keys came by it.</summary>
    private sealed record Neighbor(IPAddress Address, AsNumber Asn, string Description, string? UpdateSource, InboundMap In, OutboundMap Out)
    {
        public bool NextHopSelf { get; init; }
        public uint? Weight { get; init; }
    }

    private static string Bgp(GatewayConfig config)
    {
        if (config.Bgp is not { } bgp)
            return "";
        var text = new ConfigText();
        ImmutableArray<Neighbor> neighbors = [.. Neighbors(bgp).OrderBy(neighbor => Prefix.Of(neighbor.Address, 32))];
        var takesOspf = config.Ospf is not null;
        BgpDefinitions(text, config, bgp, neighbors, takesOspf);

        text.Line($"router bgp {bgp.Asn}");
        text.LineIf(bgp.RouterId is not null, $" bgp router-id {bgp.RouterId}");
        text.Line(" bgp log-neighbor-changes");
        text.Line(" no bgp default ipv4-unicast");
        foreach (var neighbor in neighbors)
        {
            text.Line($" neighbor {neighbor.Address} remote-as {neighbor.Asn}");
            text.Line($" neighbor {neighbor.Address} description {neighbor.Description}");
            text.LineIf(neighbor.UpdateSource is not null, $" neighbor {neighbor.Address} update-source {neighbor.UpdateSource}");
            // The first attempt often comes before the tunnel is up, and the default pause after it is two minutes.
            text.Line($" neighbor {neighbor.Address} timers connect 10");
        }
        text.Line(" address-family ipv4 unicast");
        foreach (var network in Networks(config))
            text.Line($"  network {network}");
        text.LineIf(takesOspf, $"  redistribute ospf route-map {FrrNames.OspfToBgp}");
        foreach (var neighbor in neighbors)
            AddressFamily(text, neighbor);
        text.Line(string.Create(CultureInfo.InvariantCulture, $"  maximum-paths {bgp.MaxPaths}"));
        text.Line(string.Create(CultureInfo.InvariantCulture, $"  maximum-paths ibgp {bgp.MaxPaths}"));
        text.Line(" exit-address-family");
        text.Line("exit");
        return text.ToString();
    }

    private static void AddressFamily(ConfigText text, Neighbor neighbor)
    {
        text.Line($"  neighbor {neighbor.Address} activate");
        text.LineIf(neighbor.Weight is not null, string.Create(CultureInfo.InvariantCulture, $"  neighbor {neighbor.Address} weight {neighbor.Weight}"));
        text.LineIf(neighbor.NextHopSelf, $"  neighbor {neighbor.Address} next-hop-self");
        text.Line($"  neighbor {neighbor.Address} route-map {neighbor.In.Name} in");
        text.Line($"  neighbor {neighbor.Address} route-map {neighbor.Out.Name} out");
    }

    private static IEnumerable<Neighbor> Neighbors(BgpConfig bgp)
    {
        foreach (var peer in bgp.Peers)
        {
            var external = bgp.IsExternal(peer);
            yield return new Neighbor(
                peer.Address, peer.Asn, peer.Link, peer.UpdateSource.ToString(),
                new InboundMap(external, peer.NoTransit, false), new OutboundMap(external, peer.NoForward))
            {
                NextHopSelf = !external || bgp.Transit.Includes(peer.Asn),
                Weight = peer.Weight,
            };
        }
        foreach (var node in bgp.NodePeers.Where(node => !bgp.Peers.Any(peer => peer.Address.Equals(node.Address))))
        {
            yield return new Neighbor(
                node.Address, bgp.Asn, $"node/{node.Node}", node.UpdateSource?.ToString(),
                new InboundMap(false, false, node.Behavior == Behavior.Roaming), new OutboundMap(false, false))
            {
                NextHopSelf = true,
            };
        }
    }

    /// <summary>What this node announces by itself. OSPF takes care of private LANs where it is the internal routing.</summary>
    private static ImmutableArray<Prefix> Networks(GatewayConfig config)
    {
        var networks = config.Lans.Concat(EdgeBroadcast(config));
        networks = config.InternalRouting == InternalRouting.Bgp
            ? networks.Concat(config.PrivateLans)
            : networks.Except(config.PrivateLans);
        return [.. networks.Distinct().Order()];
    }
}
