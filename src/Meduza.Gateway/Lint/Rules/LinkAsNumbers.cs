using System.Net;
using Meduza.Gateway.Model;

namespace Meduza.Gateway.Lint.Rules;

/// <summary>
/// BGP over a tunnel between two nodes: each must expect the AS number that the other has. Which node is on the other side
/// is known by the addresses: <c>peer_ip</c> of one is the tunnel's own address at the other.
/// </summary>
internal sealed class LinkAsNumbers : ILintRule
{
    public IEnumerable<LintFinding> Check(FleetView fleet)
    {
        var owners = fleet.Nodes.SelectMany(node => TunnelAddresses(node.Config).Select(address => (address, node))).ToLookup(each => each.address, each => each.node);
        foreach (var node in fleet.Nodes)
        {
            foreach (var peer in node.Config.Bgp?.Peers ?? [])
            {
                // An address that two nodes have says nothing; that they have it is another rule's.
                if (owners[peer.Address].Where(other => other != node).Distinct().ToList() is not [var other])
                    continue;
                var key = node.Key($"{peer.Link}/bgp/peer_asn");
                if (other.Config.Bgp is not { } theirs)
                    yield return LintFinding.Error($"expects BGP at {peer.Address}, which is {other.Name}, where it is off: set bgp/enable there", key, other.Key("bgp/enable"));
                else if (theirs.Asn != peer.Asn)
                    yield return LintFinding.Error($"is {peer.Asn}, but {peer.Address} is {other.Name}, whose AS number is {theirs.Asn}: set the same on both sides", key, other.Key("bgp/asn"));
                else if (!theirs.Peers.Any(back => TunnelAddresses(node.Config).Contains(back.Address)))
                    yield return LintFinding.Warning($"{other.Name} is the other side and expects no BGP from here: set bgp/peer_asn and bgp/peer_ip of its tunnel", key);
            }
        }
    }

    private static IEnumerable<IPAddress> TunnelAddresses(GatewayConfig config) =>
        config.WireGuard.SelectMany(device => device.Addresses).Select(address => address.Address)
            .Concat(config.OpenVpn.Select(instance => instance.Ifconfig?.Local).OfType<IPAddress>());
}
