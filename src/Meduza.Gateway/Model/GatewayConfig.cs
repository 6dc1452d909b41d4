using System.Collections.Immutable;
using Meduza.Gateway.Model.EasyTier;
using Meduza.Gateway.Model.Mosdns;
using Meduza.Gateway.Model.OpenVpn;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Model.WireGuard;

namespace Meduza.Gateway.Model;

/// <summary>Which overlay joins the nodes.</summary>
public enum MeshType
{
    EasyTier,
    Tinc,
}

/// <summary>How the nodes tell each other their networks.</summary>
public enum InternalRouting
{
    Ospf,
    Bgp,
}

/// <summary>Whether a node stays where it is.</summary>
public enum Behavior
{
    Static,
    Roaming,
}

/// <summary>
/// One gateway as its keys describe it: typed, valid, immutable. A part that is null is not enabled. Lists whose order
/// means nothing are sorted, so that equal keys give equal configurations, however they were written.
/// </summary>
public sealed record GatewayConfig
{
    public required InstanceName Node { get; init; }

    /// <summary>The value of <c>/commit</c>; null where the key does not exist.</summary>
    public string? Commit { get; init; }

    public MeshType Mesh { get; init; }
    public InternalRouting InternalRouting { get; init; }
    public Behavior Behavior { get; init; }

    /// <summary>Networks announced inside and outside, sorted by address.</summary>
    public ImmutableArray<Prefix> Lans { get; init; } = [];

    /// <summary>Networks announced inside only, sorted by address.</summary>
    public ImmutableArray<Prefix> PrivateLans { get; init; } = [];

    /// <summary>The private networks of all nodes, this one's included, sorted: none of them may leave to an external peer.</summary>
    public ImmutableArray<Prefix> FleetPrivateLans { get; init; } = [];

    /// <summary>The tinc network's name, also while tinc is off: what it left behind lies in the folder of that name.</summary>
    public string TincNetname { get; init; } = "mesh";

    public TincConfig? Tinc { get; init; }
    public EasyTierConfig? EasyTier { get; init; }

    /// <summary>The device of the overlay, whichever it is; null where the node is in none.</summary>
    public DeviceName? OverlayDevice => Tinc?.Device ?? EasyTier?.Device;

    /// <summary>The node's address in the overlay; null where it has none, or one that is not known before.</summary>
    public HostAddress? OverlayAddress => Tinc?.Ipv4 ?? EasyTier?.Ipv4;

    /// <summary>The enabled instances, sorted by name.</summary>
    public ImmutableArray<OpenVpnInstance> OpenVpn { get; init; } = [];

    /// <summary>The enabled devices, sorted by name.</summary>
    public ImmutableArray<WireGuardInstance> WireGuard { get; init; } = [];

    public OspfConfig? Ospf { get; init; }
    public BgpConfig? Bgp { get; init; }

    /// <summary>The proxy; null where it is not enabled.</summary>
    public ClashConfig? Clash { get; init; }

    /// <summary>The resolver behind dnsmasq; null where it is not enabled.</summary>
    public MosdnsConfig? Mosdns { get; init; }

    /// <summary>Sorted by family and listening port.</summary>
    public ImmutableArray<PortForward> PortForwards { get; init; } = [];

    /// <summary>Sorted by the network inside.</summary>
    public ImmutableArray<NetworkMapping> NetworkMappings { get; init; } = [];

    public bool DnsmasqEnabled { get; init; }

    /// <summary>The port for health probes; null where it is not enabled.</summary>
    public Port? HealthPort { get; init; }
    public HostRecords Hosts { get; init; } = HostRecords.None;
}

/// <summary>What became of parsing: a configuration, or the reasons why there is none.</summary>
/// <param name="Config">Null exactly when there are errors.</param>
/// <param name="Errors">What stops a commit, sorted by key.</param>
/// <param name="Warnings">What does not, sorted by key.</param>
public sealed record ParseResult(GatewayConfig? Config, ImmutableArray<KeyFinding> Errors, ImmutableArray<KeyFinding> Warnings);
