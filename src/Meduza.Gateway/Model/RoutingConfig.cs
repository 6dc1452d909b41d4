using System.Collections.Immutable;
using System.Net;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

/// <summary>OSPF between the nodes.</summary>
public sealed record OspfConfig
{
    /// <summary>Null: ospfd chooses.</summary>
    public RouterId? RouterId { get; init; }

    public OspfArea Area { get; init; }

    /// <summary>Devices on which neighbours are looked for.</summary>
    public ImmutableArray<DeviceName> ActiveInterfaces { get; init; } = [];

    public bool InjectSiteLan { get; init; } = true;
    public bool InjectPrivateLan { get; init; } = true;
    public bool RedistributeBgp { get; init; } = true;

    /// <summary>Takes only the default route from BGP.</summary>
    public bool BgpDefaultOnly { get; init; }
}

/// <summary>BGP with external peers over links, and, where the internal routing is BGP, between the nodes.</summary>
public sealed record BgpConfig
{
    public required AsNumber Asn { get; init; }

    /// <summary>Null: bgpd chooses.</summary>
    public RouterId? RouterId { get; init; }

    public uint MaxPaths { get; init; } = 1;

    /// <summary>Neighbours over links, sorted by address.</summary>
    public ImmutableArray<BgpPeer> Peers { get; init; } = [];

    /// <summary>The other nodes, where the internal routing is BGP; sorted by address.</summary>
    public ImmutableArray<BgpNodePeer> NodePeers { get; init; } = [];

    public ImmutableArray<FilterRule> FilterIn { get; init; } = [];
    public ImmutableArray<FilterRule> FilterOut { get; init; } = [];
    public TransitPeers Transit { get; init; } = TransitPeers.None;

    /// <summary>Networks announced by a node that has an external peer.</summary>
    public ImmutableArray<Prefix> EdgeBroadcast { get; init; } = [];

    public bool IsExternal(BgpPeer peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return peer.Asn != Asn;
    }
}

/// <summary>A neighbour over a link.</summary>
/// <param name="Link">The link that it is reached over: <c>openvpn/office</c>.</param>
public sealed record BgpPeer(string Link, IPAddress Address, AsNumber Asn, UpdateSource UpdateSource)
{
    /// <summary>Null: bgpd's own default.</summary>
    public uint? Weight { get; init; }

    public bool NoTransit { get; init; }
    public bool NoForward { get; init; }
}

/// <summary>Another node as an iBGP neighbour.</summary>
/// <param name="UpdateSource">This node's own address towards it; null where bgpd chooses.</param>
public sealed record BgpNodePeer(InstanceName Node, IPAddress Address, IPAddress? UpdateSource, Behavior Behavior);
