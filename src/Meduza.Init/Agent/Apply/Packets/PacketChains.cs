using System.Collections.Immutable;
using System.Net;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Render;
using Meduza.Linux.Netlink.Netfilter;
using static Meduza.Linux.Netlink.Netfilter.NetfilterFamily;

namespace Meduza.Init.Agent.Apply.Packets;

/// <summary>What is to be done to packets, as chains of rules. Pure; one that has nothing to do is not to be there.</summary>
internal static class PacketChains
{
    /// <summary>The set of the networks whose packets are proxied.</summary>
    public const string ProxiedSet = "MEDUZA_PROXIED";

    /// <summary>The set of the addresses of the proxy's own servers.</summary>
    public const string ServersSet = "MEDUZA_SERVERS";

    private static readonly OwnChain ProxyChain = new(Ipv4, "mangle", "CLASH_TPROXY", BaseChain.ManglePrerouting, []);

    /// <param name="proxy">Null: nothing is proxied.</param>
    /// <param name="proxied">The number of <see cref="ProxiedSet"/>.</param>
    /// <param name="servers">The number of <see cref="ServersSet"/>; null where the proxy has none.</param>
    public static OwnChain Proxy(TransparentProxy? proxy, ushort proxied, ushort? servers = null)
    {
        if (proxy is null)
            return ProxyChain;
        List<Rule> rules =
        [
            .. proxy.ExcludedDevices.Select(device => Rule().InDevice(device).Return()),
            .. proxy.ExcludedDestinations.Select(network => Rule().Destination(Network(network)).Return()),
            .. servers is { } index ? (Rule[])[Rule().Match(XtCompat.DestinationInSet(index)).Return()] : [],
            .. proxy.ExcludedSources.Select(source => proxy.ExcludeByConnection
                ? Rule().Match(XtCompat.ConnectionBegunFrom(Host(source))).Return()
                : Rule().Source(Host(source)).Return()),
        ];
        if (proxy.ExcludeRedirected)
            rules.Add(Rule().Match(XtCompat.ConnectionWasRedirected()).Return());
        var protocols = Protocols(proxy.Transports).ToList();
        rules.AddRange(proxy.ExcludedPorts.SelectMany(ports => Protocols(ports.Transports).Intersect(protocols).SelectMany(p => ExcludedPort(ports, p))));
        rules.AddRange(protocols.Select(protocol => Rule().Protocol(protocol).Match(XtCompat.SourceInSet(proxied))
            .Target(XtCompat.Tproxy(TransparentProxy.ListenPort, TransparentProxy.Mark, TransparentProxy.Mark))));
        return ProxyChain with { Rules = [.. rules] };

        static RuleBuilder Rule() => new(Ipv4);
    }

    /// <summary>Both ways: a destination outside becomes the one inside, a source inside the one outside.</summary>
    public static ImmutableArray<OwnChain> Mappings(ImmutableArray<NetworkMapping> mappings) =>
    [
        new(Ipv4, "nat", "MEDUZA_MAP_IN", BaseChain.NatPrerouting,
        [
            .. mappings.Select(mapping => new RuleBuilder(Ipv4).Destination(Network(mapping.Outside))
                .Target(XtCompat.NetMap(Network(mapping.Inside)))),
        ]),
        new(Ipv4, "nat", "MEDUZA_MAP_OUT", BaseChain.NatPostrouting,
        [
            // What stays inside is between neighbours.
            .. mappings.Select(mapping => new RuleBuilder(Ipv4).Source(Network(mapping.Inside)).Destination(Network(mapping.Inside), not: true)
                .Target(XtCompat.NetMap(Network(mapping.Outside)))),
        ]),
    ];

    /// <summary>To the host, and back by us, whatever route the host has to who asked.</summary>
    public static ImmutableArray<OwnChain> Forwards(ImmutableArray<PortForward> forwards) => [.. Forwards(forwards, Ipv4), .. Forwards(forwards, Ipv6)];

    private sealed record Forwarded(PortForward Forward, TransportProtocol Protocol);

    private static IEnumerable<OwnChain> Forwards(ImmutableArray<PortForward> forwards, NetfilterFamily family)
    {
        var both = forwards.Where(forward => forward.IsIpv6 == (family == Ipv6))
            .SelectMany(forward => Protocols(Transports.Both).Select(protocol => new Forwarded(forward, protocol))).ToList();
        yield return new(family, "nat", "MEDUZA_PORT_IN", BaseChain.NatPrerouting,
        [
            // Only what is sent to this machine: what passes to the same port of another goes its way.
            .. both.Select(each => new RuleBuilder(family).Protocol(each.Protocol).DestinationPort(new(each.Forward.Listen.Number))
                .Match(XtCompat.DestinationIsLocal()).Target(XtCompat.RedirectTo(each.Forward.Host, each.Forward.Port.Number))),
        ]);
        yield return new(family, "nat", "MEDUZA_PORT_OUT", BaseChain.NatPostrouting,
        [
            .. both.Select(each => new RuleBuilder(family).Destination(Host(each.Forward.Host)).Protocol(each.Protocol)
                .DestinationPort(new(each.Forward.Port.Number)).Match(XtCompat.ConnectionWasRedirectedFrom(each.Forward.Listen.Number))
                .Target(XtCompat.Masquerade(family))),
        ]);
    }

    private static IEnumerable<Rule> ExcludedPort(PortSelector selector, TransportProtocol protocol)
    {
        var ports = new PortRange(selector.First.Number, selector.Last.Number);
        if (selector.Directions.HasFlag(PortDirections.In))
            yield return new RuleBuilder(Ipv4).Protocol(protocol).SourcePort(ports).Return();
        if (selector.Directions.HasFlag(PortDirections.Out))
            yield return new RuleBuilder(Ipv4).Protocol(protocol).DestinationPort(ports).Return();
    }

    private static IEnumerable<TransportProtocol> Protocols(Transports transports)
    {
        if (transports.HasFlag(Transports.Tcp))
            yield return TransportProtocol.Tcp;
        if (transports.HasFlag(Transports.Udp))
            yield return TransportProtocol.Udp;
    }

    /// <summary>A network of the model as the kernel's library has it.</summary>
    public static IPNetwork Network(Prefix prefix) => new(prefix.Address, prefix.Length);

    public static IPNetwork Host(IPAddress address) => new(address, 8 * address.GetAddressBytes().Length);
}
