using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Meduza.Linux.Netlink.Netfilter;
using static Meduza.Linux.Netlink.Netfilter.NetfilterFamily;

namespace Meduza.Linux.Tests.Netlink.Netfilter;

/// <summary>Chains as a gateway has them.</summary>
internal static class SampleChains
{
    public const string Set = "LANS";

    /// <summary>Packets of the set's networks go to a proxy, but for those to some ports.</summary>
    public static OwnChain Proxy(ushort set, params IEnumerable<ushort> ports) => new(Ipv4, "mangle", "CLASH_TPROXY", BaseChain.ManglePrerouting,
    [
        new RuleBuilder(Ipv4).InDevice("tnc0").Return(),
        new RuleBuilder(Ipv4).Destination(IPNetwork.Parse("172.16.0.0/12")).Return(),
        new RuleBuilder(Ipv4).Match(XtCompat.ConnectionBegunFrom(IPNetwork.Parse("192.0.2.1/32"))).Return(),
        .. Both(protocol => ports.Select(port => new RuleBuilder(Ipv4).Protocol(protocol).DestinationPort(new(port)).Return())),
        .. Both(protocol =>
        [
            new RuleBuilder(Ipv4).Protocol(protocol).SourcePort(new(1000, 2000)).Return(),
            new RuleBuilder(Ipv4).Protocol(protocol).Match(XtCompat.SourceInSet(set)).Target(XtCompat.Tproxy(7893, 1, 1)),
        ]),
    ]);

    public static OwnChain MapIn { get; } = new(Ipv4, "nat", "MAP_IN", BaseChain.NatPrerouting,
        [new RuleBuilder(Ipv4).Destination(IPNetwork.Parse("10.1.0.0/24")).Target(XtCompat.NetMap(IPNetwork.Parse("192.168.1.0/24")))]);

    public static OwnChain ForwardIn6 { get; } = new(Ipv6, "nat", "PORTS_IN", BaseChain.NatPrerouting,
    [
        new RuleBuilder(Ipv6).Protocol(TransportProtocol.Tcp).DestinationPort(new(8080)).Match(XtCompat.DestinationIsLocal())
            .Target(XtCompat.RedirectTo(IPAddress.Parse("2001:db8::5"), 80)),
    ]);

    public static ImmutableArray<IPNetwork> Networks(int count) =>
        [.. Enumerable.Range(0, count).Select(i => IPNetwork.Parse(string.Create(CultureInfo.InvariantCulture, $"10.{i / 256}.{i % 256}.0/24")))];

    private static IEnumerable<Rule> Both(Func<TransportProtocol, IEnumerable<Rule>> rules) =>
        rules(TransportProtocol.Tcp).Concat(rules(TransportProtocol.Udp));
}
