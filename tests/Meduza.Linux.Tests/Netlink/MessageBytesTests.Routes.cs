using System.Net;
using System.Net.Sockets;
using Meduza.Linux.Netlink.Route;

namespace Meduza.Linux.Tests.Netlink;

public partial class MessageBytesTests
{
    private static readonly IpRoute Default = IpRoute.Default(AddressFamily.InterNetwork) with { Protocol = RouteProtocol.Boot };
    private static readonly IPAddress Gateway = IPAddress.Parse("10.1.2.1");

    // ip route replace default via 10.1.2.1 dev v0
    [Fact]
    public void Default_route_is_what_ip_sends() => Assert.Equal(
        "2c000000180005050000000000000000" + "02000000fe03000100000000" + "080005000a010201" + "0800040003000000",
        Write((ref writer) => RouteMessages.WriteReplace(ref writer, Default with { Gateway = Gateway, LinkIndex = Index })));

    // ip route replace default dev v0
    [Fact]
    public void Default_route_without_a_gateway_is_what_ip_sends() => Assert.Equal(
        "24000000180005050000000000000000" + "02000000fe03fd0100000000" + "0800040003000000",
        Write((ref writer) => RouteMessages.WriteReplace(ref writer, Default with { LinkIndex = Index })));

    // ip route replace default via 10.1.2.1
    [Fact]
    public void Default_route_without_a_device_is_what_ip_sends() => Assert.Equal(
        "24000000180005050000000000000000" + "02000000fe03000100000000" + "080005000a010201",
        Write((ref writer) => RouteMessages.WriteReplace(ref writer, Default with { Gateway = Gateway })));

    // ip route add 10.5.0.0/16 dev v0
    [Fact]
    public void Route_without_gateway_is_what_ip_sends() => Assert.Equal(
        "2c000000180005060000000000000000" + "02100000fe03fd0100000000" + "080001000a050000" + "0800040003000000",
        Write((ref writer) => RouteMessages.WriteAdd(
            ref writer, To("10.5.0.0/16") with { LinkIndex = Index, Protocol = RouteProtocol.Boot })));

    // ip route add 10.6.0.0/16 via 10.1.2.1 metric 50 table 1000 proto 99
    [Fact]
    public void Route_in_a_table_above_255_is_what_ip_sends() => Assert.Equal(
        "3c000000180005060000000000000000" + "021000000063000100000000" + "080001000a060000" + "080005000a010201"
        + "0800060032000000" + "08000f00e8030000",
        Write((ref writer) => RouteMessages.WriteAdd(
            ref writer, To("10.6.0.0/16") with { Gateway = Gateway, Metric = 50, Table = 1000, Protocol = (RouteProtocol)99 })));

    // ip route replace 10.6.0.0/16 via 10.1.2.1 dev v0 src 10.1.2.3 mtu 1300 proto static
    [Fact]
    public void Replaced_route_is_what_ip_sends() => Assert.Equal(
        "48000000180005050000000000000000" + "02100000fe04000100000000" + "080001000a060000" + "080005000a010201" + "080007000a010203"
        + "0800040003000000" + "0c000800" + "0800020014050000",
        Write((ref writer) => RouteMessages.WriteReplace(ref writer, To("10.6.0.0/16") with
        {
            Gateway = Gateway,
            LinkIndex = Index,
            PreferredSource = IPAddress.Parse("10.1.2.3"),
            Mtu = 1300,
        })));

    // ip route add local default dev lo table 100
    [Fact]
    public void Local_route_of_all_is_what_ip_sends() => Assert.Equal(
        "24000000180005060000000000000000" + "020000006403fe0200000000" + "0800040001000000",
        Write((ref writer) => RouteMessages.WriteAdd(ref writer, IpRoute.Default(AddressFamily.InterNetwork) with
        {
            Type = RouteType.Local,
            LinkIndex = 1,
            Table = 100,
            Protocol = RouteProtocol.Boot,
        })));

    // ip route add blackhole 10.7.0.0/16 proto static metric 250
    [Fact]
    public void Blackhole_is_what_ip_sends() => Assert.Equal(
        "2c000000180005060000000000000000" + "02100000fe04000600000000" + "080001000a070000" + "08000600fa000000",
        Write((ref writer) => RouteMessages.WriteAdd(ref writer, To("10.7.0.0/16") with { Type = RouteType.Blackhole, Metric = 250 })));

    // ip route del blackhole 10.7.0.0/16 proto static metric 250
    [Fact]
    public void Deleted_blackhole_is_what_ip_sends() => Assert.Equal(
        "2c000000190005000000000000000000" + "02100000fe04ff0600000000" + "080001000a070000" + "08000600fa000000",
        Write((ref writer) => RouteMessages.WriteDelete(ref writer, To("10.7.0.0/16") with { Type = RouteType.Blackhole, Metric = 250 })));

    // ip route add 10.8.0.0/16 via 10.9.9.9 dev v0 onlink
    [Fact]
    public void Gateway_on_link_is_what_ip_sends() => Assert.Equal(
        "34000000180005060000000000000000" + "02100000fe03000104000000" + "080001000a080000" + "080005000a090909" + "0800040003000000",
        Write((ref writer) => RouteMessages.WriteAdd(ref writer, To("10.8.0.0/16") with
        {
            Gateway = IPAddress.Parse("10.9.9.9"),
            LinkIndex = Index,
            OnLink = true,
            Protocol = RouteProtocol.Boot,
        })));

    // ip route add 10.10.0.0/16 via inet6 2001:db8:9::2 dev v0
    [Fact]
    public void Ipv6_gateway_of_an_ipv4_route_is_what_ip_sends() => Assert.Equal(
        "44000000180005060000000000000000" + "02100000fe03000100000000" + "080001000a0a0000"
        + "160012000a0020010db80009000000000000000000020000" + "0800040003000000",
        Write((ref writer) => RouteMessages.WriteAdd(ref writer, To("10.10.0.0/16") with
        {
            Gateway = IPAddress.Parse("2001:db8:9::2"),
            LinkIndex = Index,
            Protocol = RouteProtocol.Boot,
        })));

    // ip -6 route add 2001:db8:5::/48 via 2001:db8:9::2 metric 77
    [Fact]
    public void Ipv6_route_is_what_ip_sends() => Assert.Equal(
        "4c000000180005060000000000000000" + "0a300000fe03000100000000" + "1400010020010db8000500000000000000000000"
        + "1400050020010db8000900000000000000000002" + "080006004d000000",
        Write((ref writer) => RouteMessages.WriteAdd(ref writer, To("2001:db8:5::/48") with
        {
            Gateway = IPAddress.Parse("2001:db8:9::2"),
            Metric = 77,
            Protocol = RouteProtocol.Boot,
        })));

    // ip route show table 100, its RTM_GETROUTE (the flags of a dump are the socket's). ip leaves the table's byte zero and
    // sends a buffer of 128 zero bytes after it.
    [Fact]
    public void Route_dump_names_the_table() => Assert.Equal(
        "240000001a0001000000000000000000" + "020000006400000000000000" + "08000f0064000000",
        Write((ref writer) => RouteMessages.WriteDump(ref writer, new RouteFilter { Family = AddressFamily.InterNetwork, Table = 100 })));

    // ip rule add priority 100 fwmark 0x1/0x1 lookup 100
    [Fact]
    public void Rule_of_a_mark_is_what_ip_sends() => Assert.Equal(
        "34000000200005060000000000000000" + "020000006400000100000000" + "0800060064000000" + "08000a0001000000" + "0800100001000000",
        Write((ref writer) => RuleMessages.WriteAdd(
            ref writer, new RoutingRule(AddressFamily.InterNetwork, 100) { Mark = 1, MarkMask = 1, Table = 100 })));

    // ip rule add priority 101 from 10.1.0.0/16 iif v0 lookup 1000 protocol 99
    [Fact]
    public void Rule_of_a_source_and_device_is_what_ip_sends() => Assert.Equal(
        "44000000200005060000000000000000" + "020010000000000100000000" + "0800060065000000" + "080002000a010000" + "0700030076300000"
        + "08000f00e8030000" + "0500150063000000",
        Write((ref writer) => RuleMessages.WriteAdd(ref writer, new RoutingRule(AddressFamily.InterNetwork, 101)
        {
            Source = IPNetwork.Parse("10.1.0.0/16"),
            InputLink = "v0",
            Table = 1000,
            Protocol = (RouteProtocol)99,
        })));

    // ip rule add priority 102 to 10.1.0.0/16 oif v0 unreachable
    [Fact]
    public void Rule_that_refuses_is_what_ip_sends() => Assert.Equal(
        "34000000200005060000000000000000" + "021000000000000700000000" + "0800060066000000" + "080001000a010000" + "0700110076300000",
        Write((ref writer) => RuleMessages.WriteAdd(ref writer, new RoutingRule(AddressFamily.InterNetwork, 102)
        {
            Destination = IPNetwork.Parse("10.1.0.0/16"),
            OutputLink = "v0",
            Action = RuleAction.Unreachable,
        })));

    // ip -6 rule add priority 103 not fwmark 5/0xffffffff lookup main suppress_prefixlength 0
    [Fact]
    public void Inverted_rule_is_what_ip_sends() => Assert.Equal(
        "3c000000200005060000000000000000" + "0a000000fe00000102000000" + "0800060067000000" + "08000a0005000000" + "08001000ffffffff"
        + "08000e0000000000",
        Write((ref writer) => RuleMessages.WriteAdd(ref writer, new RoutingRule(AddressFamily.InterNetworkV6, 103)
        {
            Inverted = true,
            Mark = 5,
            MarkMask = uint.MaxValue,
            Table = RouteTable.Main,
            SuppressPrefixLength = 0,
        })));

    // ip rule show, its RTM_GETRULE
    [Fact]
    public void Rule_dump_is_what_ip_sends() => Assert.Equal(
        "1c000000220001000000000000000000" + "020000000000000000000000",
        Write((ref writer) => RuleMessages.WriteDump(ref writer, AddressFamily.InterNetwork)));

    private static IpRoute To(string destination) => new(IPNetwork.Parse(destination));
}
