using System.Collections.Immutable;
using System.Net;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Render.Mihomo;

namespace Meduza.Gateway.Render;

/// <summary>
/// What is done to packets that pass this machine, as data that names no mechanism. Each part has a component's name: a
/// part that is empty is not to be there.
/// </summary>
public sealed record PacketRules(TransparentProxy? Proxy, ImmutableArray<NetworkMapping> Mappings, ImmutableArray<PortForward> Forwards)
{
    /// <summary>The component of <see cref="Proxy"/>.</summary>
    public const string ProxyComponent = "clash";

    /// <summary>The component of <see cref="Mappings"/>.</summary>
    public const string MappingComponent = "network_mapping";

    /// <summary>The component of <see cref="Forwards"/>.</summary>
    public const string ForwardComponent = "portforward";

    public static PacketRules None { get; } = new(null, [], []);
}

/// <summary>
/// Which packets a proxy on this machine takes, unasked. It is asked in the order of the fields: what an exclusion matches
/// goes its way, and of the rest the proxy gets what comes from <see cref="Sources"/>.
/// </summary>
public sealed record TransparentProxy
{
    /// <summary>The service that must be ready for this: without it nobody would take the packets.</summary>
    public const string Service = "mihomo";

    /// <summary>Port on which the proxy takes them.</summary>
    public const ushort ListenPort = 7893;

    /// <summary>Set on packets on their way to the proxy, in the bits of itself.</summary>
    public const uint Mark = 0x1;

    /// <summary>Routing table in which everything is local.</summary>
    public const uint Table = 100;

    /// <summary>Of the routing rule that sends marked packets to <see cref="Table"/>.</summary>
    public const uint RulePriority = 100;

    /// <summary>Devices by which other nodes' packets come in: the overlay's, and the links'. Sorted.</summary>
    public ImmutableArray<string> ExcludedDevices { get; init; } = [];

    public ImmutableArray<Prefix> ExcludedDestinations { get; init; } = [];

    /// <summary>The proxy's own servers, whose addresses are excluded as destinations, too.</summary>
    public ProxyServers ExcludedServers { get; init; } = ProxyServers.None;

    public ImmutableArray<IPAddress> ExcludedSources { get; init; } = [];

    /// <summary>True when an excluded source is known by who began a connection, so that answers to it are excluded too.</summary>
    public bool ExcludeByConnection { get; init; }

    /// <summary>
    /// True when connections whose destination this machine has translated are left alone: the answers of a mapped host,
    /// or of one that a port is forwarded to, must go back to who asked and not to the proxy.
    /// </summary>
    public bool ExcludeRedirected { get; init; }

    /// <summary>Sorted; none overlaps another of the same direction and transport.</summary>
    public ImmutableArray<PortSelector> ExcludedPorts { get; init; } = [];

    /// <summary>Networks whose packets are proxied, sorted; at least one.</summary>
    public ImmutableArray<Prefix> Sources { get; init; } = [];

    public Transports Transports { get; init; } = Transports.Both;
}
