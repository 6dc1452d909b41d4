using System.Net;
using Meduza.Linux.Netlink.Netfilter;
using static Meduza.Linux.Netlink.Netfilter.NetfilterFamily;
using static Meduza.Linux.Netlink.Netfilter.TransportProtocol;

namespace Meduza.Linux.Tests.Netlink.Netfilter;

/// <summary>Our rules against what iptables-nft sends for the same words, byte by byte.</summary>
public class RuleBytesTests
{
    private const string Chain = "CLASH_TPROXY";
    private const ushort Lans = 0;

    private static readonly Dictionary<string, (NetfilterFamily Family, string Table, string Chain, Rule Rule)> Ours = new()
    {
        ["iptables -t mangle -A PREROUTING -j CLASH_TPROXY"] =
            (Ipv4, "mangle", "PREROUTING", V4.Jump(Chain)),
        ["iptables -t mangle -A CLASH_TPROXY -i tnc0 -j RETURN"] =
            (Ipv4, "mangle", Chain, V4.InDevice("tnc0").Return()),
        ["iptables -t mangle -A CLASH_TPROXY -d 172.16.0.0/12 -j RETURN"] =
            (Ipv4, "mangle", Chain, V4.Destination(Net("172.16.0.0/12")).Return()),
        ["iptables -t mangle -A CLASH_TPROXY -d 10.0.0.0/8 -j RETURN"] =
            (Ipv4, "mangle", Chain, V4.Destination(Net("10.0.0.0/8")).Return()),
        ["iptables -t mangle -A CLASH_TPROXY -s 10.9.8.7 -j RETURN"] =
            (Ipv4, "mangle", Chain, V4.Source(Net("10.9.8.7/32")).Return()),
        ["iptables -t mangle -A CLASH_TPROXY -m conntrack --ctorigsrc 10.9.8.7 -j RETURN"] =
            (Ipv4, "mangle", Chain, V4.Match(XtCompat.ConnectionBegunFrom(Net("10.9.8.7/32"))).Return()),
        ["iptables -t mangle -A CLASH_TPROXY -p tcp --dport 443 -j RETURN"] =
            (Ipv4, "mangle", Chain, V4.DestinationPort(new(443)).Protocol(Tcp).Return()),
        ["iptables -t mangle -A CLASH_TPROXY -p udp --sport 1000:2000 -j RETURN"] =
            (Ipv4, "mangle", Chain, V4.Protocol(Udp).SourcePort(new(1000, 2000)).Return()),
        ["iptables -t mangle -A CLASH_TPROXY -p tcp -m set --match-set LANS src -j TPROXY --on-port 7893 --tproxy-mark 0x1/0x1"] =
            (Ipv4, "mangle", Chain, V4.Protocol(Tcp).Match(XtCompat.SourceInSet(Lans)).Target(XtCompat.Tproxy(7893, 1, 1))),
        ["iptables -t mangle -A CLASH_TPROXY -p udp -m set --match-set LANS src -j TPROXY --on-port 7893 --tproxy-mark 0x1/0x1"] =
            (Ipv4, "mangle", Chain, V4.Protocol(Udp).Match(XtCompat.SourceInSet(Lans)).Target(XtCompat.Tproxy(7893, 1, 1))),
        ["iptables -t nat -A PREROUTING -d 10.1.0.0/24 -j NETMAP --to 192.168.1.0/24"] =
            (Ipv4, "nat", "PREROUTING", V4.Destination(Net("10.1.0.0/24")).Target(XtCompat.NetMap(Net("192.168.1.0/24")))),
        ["iptables -t nat -A POSTROUTING -s 10.1.0.0/24 ! -d 10.1.0.0/24 -j NETMAP --to 192.168.1.0/24"] =
            (Ipv4, "nat", "POSTROUTING", V4.Source(Net("10.1.0.0/24")).Destination(Net("10.1.0.0/24"), not: true)
                .Target(XtCompat.NetMap(Net("192.168.1.0/24")))),
        ["iptables -t nat -A POSTROUTING -s 10.1.0.0/25 ! -d 10.1.0.0/25 -j NETMAP --to 192.168.1.0/25"] =
            (Ipv4, "nat", "POSTROUTING", V4.Source(Net("10.1.0.0/25")).Destination(Net("10.1.0.0/25"), not: true)
                .Target(XtCompat.NetMap(Net("192.168.1.0/25")))),
        ["iptables -t nat -A PREROUTING -p tcp -m tcp --dport 8080 -m addrtype --dst-type LOCAL -j DNAT --to-destination 10.0.0.5:80"] =
            (Ipv4, "nat", "PREROUTING", V4.Protocol(Tcp).DestinationPort(new(8080)).Match(XtCompat.DestinationIsLocal())
                .Target(XtCompat.RedirectTo(IPAddress.Parse("10.0.0.5"), 80))),
        ["ip6tables -t nat -A PREROUTING -p tcp -m tcp --dport 8080 -m addrtype --dst-type LOCAL -j DNAT --to-destination [2001:db8::5]:80"] =
            (Ipv6, "nat", "PREROUTING", V6.Protocol(Tcp).DestinationPort(new(8080)).Match(XtCompat.DestinationIsLocal())
                .Target(XtCompat.RedirectTo(IPAddress.Parse("2001:db8::5"), 80))),
        ["iptables -t nat -A POSTROUTING -d 10.0.0.5/32 -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT --ctorigdstport 8080 -j MASQUERADE"] =
            (Ipv4, "nat", "POSTROUTING", V4.Destination(Net("10.0.0.5/32")).Protocol(Tcp).DestinationPort(new(80))
                .Match(XtCompat.ConnectionWasRedirectedFrom(8080)).Target(XtCompat.Masquerade(Ipv4))),
        ["ip6tables -t nat -A POSTROUTING -d 2001:db8::5 -p udp -m udp --dport 80 -m conntrack --ctstate DNAT --ctorigdstport 8080 -j MASQUERADE"] =
            (Ipv6, "nat", "POSTROUTING", V6.Destination(Net("2001:db8::5/128")).Protocol(Udp).DestinationPort(new(80))
                .Match(XtCompat.ConnectionWasRedirectedFrom(8080)).Target(XtCompat.Masquerade(Ipv6))),
        ["iptables -t mangle -A PREROUTING -m conntrack --ctstate DNAT -j RETURN"] =
            (Ipv4, "mangle", "PREROUTING", V4.Match(XtCompat.ConnectionWasRedirected()).Return()),
        ["iptables -t mangle -A PREROUTING -s 0.0.0.0/0 -p tcp -j RETURN"] =
            (Ipv4, "mangle", "PREROUTING", V4.Source(Net("0.0.0.0/0")).Protocol(Tcp).Return()),
        ["ip6tables -t nat -A PREROUTING -d 2001:db8::/32 -p udp -j RETURN"] =
            (Ipv6, "nat", "PREROUTING", V6.Destination(Net("2001:db8::/32")).Protocol(Udp).Return()),
    };

    public static TheoryData<string> Commands =>
        [.. Captured.Of("iptables").Where(c => c.Value.Exists(m => m.Kind == "NEWRULE")).Select(c => c.Key)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Rule_is_what_iptables_sends(string command)
    {
        var (family, table, chain, rule) = Ours[command];
        Assert.Equal(
            Captured.Message("iptables", command, "NEWRULE"),
            Captured.Write((ref writer) => TableMessages.WriteNewRule(ref writer, family, table, chain, rule)));
    }

    [Fact]
    public void Every_rule_here_was_captured() => Assert.Superset(Ours.Keys.ToHashSet(), Captured.Of("iptables").Keys.ToHashSet());

    private static RuleBuilder V4 => new(Ipv4);

    private static RuleBuilder V6 => new(Ipv6);

    private static IPNetwork Net(string text) => IPNetwork.Parse(text);
}
