using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Meduza.Linux.Netlink.Route;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Tests.Netlink.Route;

/// <summary>Routes and rules against the kernel, in a network namespace of each test's own.</summary>
public sealed class RouteSocketRouteTests : IDisposable
{
    private const RouteProtocol Ours = (RouteProtocol)77;
    private static readonly IPAddress Gateway = IPAddress.Parse("10.1.2.1");
    private static readonly IPAddress OtherGateway = IPAddress.Parse("10.1.2.2");

    private readonly NetworkNamespace _namespace = new();
    private readonly RouteSocket _route;
    private readonly int _link;

    public RouteSocketRouteTests()
    {
        _route = _namespace.Run(RouteSocket.Open);
        _route.SetLoopbackUp();
        _route.CreateVeth("v0", "v1");
        _link = _route.GetLink("v0")!.Value.Index;
        _route.SetUp(_link);
        _route.SetUp(_route.GetLink("v1")!.Value.Index);
        _route.AddAddress(_link, IPAddress.Parse("10.1.2.3"), 24);
        _route.AddAddress(_link, IPAddress.Parse("2001:db8:9::1"), 64);
    }

    public void Dispose()
    {
        _route.Dispose();
        _namespace.Dispose();
    }

    [Theory]
    [InlineData("10.6.0.0/16", "10.1.2.1", 50u, 1000u)]
    [InlineData("10.6.0.0/16", "10.1.2.1", 0u, 254u)]
    [InlineData("0.0.0.0/0", "10.1.2.1", 0u, 100u)]
    [InlineData("10.6.0.0/16", "2001:db8:9::2", 0u, 254u)]
    [InlineData("2001:db8:5::/48", "2001:db8:9::2", 77u, 300u)]
    public void Route_is_read_back_as_it_was_added(string destination, string gateway, uint metric, uint table)
    {
        var route = new IpRoute(IPNetwork.Parse(destination))
        {
            Gateway = IPAddress.Parse(gateway),
            LinkIndex = _link,
            Metric = metric,
            Table = table,
            Protocol = Ours,
            Scope = AddressScope.Universe,
        };
        _route.AddRoute(route);
        Assert.Equal([route], Mine());
        _route.DeleteRoute(route);
        Assert.Empty(Mine());
    }

    [Theory]
    [InlineData(RouteType.Blackhole)]
    [InlineData(RouteType.Unreachable)]
    [InlineData(RouteType.Prohibit)]
    [InlineData(RouteType.Throw)]
    public void Route_that_leads_nowhere_keeps_its_type(RouteType type)
    {
        _route.AddRoute(To("10.7.0.0/16") with { Type = type, Metric = 250 });
        Assert.Equal(type, Assert.Single(Mine()).Type);
        Assert.Contains($"{type.ToString().ToLowerInvariant()} 10.7.0.0/16", _namespace.Ip("route"), StringComparison.Ordinal);
    }

    [Fact]
    public void Route_to_this_host_of_all_addresses_is_what_ip_shows()
    {
        _route.AddRoute(IpRoute.Default(AddressFamily.InterNetwork) with { Type = RouteType.Local, LinkIndex = 1, Table = 100 });
        Assert.Equal("local default dev lo proto static scope host", _namespace.Ip("route show table 100").Trim());
    }

    [Fact]
    public void Mtu_and_preferred_source_are_kept()
    {
        var route = To("10.6.0.0/16") with { Gateway = Gateway, Mtu = 1300, PreferredSource = IPAddress.Parse("10.1.2.3") };
        _route.AddRoute(route);
        var read = Assert.Single(Mine());
        Assert.Equal((1300u, route.PreferredSource), (read.Mtu, read.PreferredSource));
    }

    [Fact]
    public void Replaced_route_stands_in_the_place_of_the_first()
    {
        _route.AddRoute(To("10.6.0.0/16") with { Gateway = Gateway });
        Assert.Equal(EEXIST, Assert.Throws<LinuxException>(() => _route.AddRoute(To("10.6.0.0/16") with { Gateway = OtherGateway })).Errno);
        _route.ReplaceRoute(To("10.6.0.0/16") with { Gateway = OtherGateway });
        Assert.Equal(OtherGateway, Assert.Single(Mine()).Gateway);
    }

    [Fact]
    public void Deleting_an_absent_route_says_so() =>
        Assert.Equal(ESRCH, Assert.Throws<LinuxException>(() => _route.DeleteRoute(To("10.6.0.0/16"))).Errno);

    [Fact]
    public void Gateway_in_no_network_is_refused_unless_on_link()
    {
        var far = To("10.6.0.0/16") with { Gateway = IPAddress.Parse("192.0.2.1"), LinkIndex = _link };
        Assert.Equal(ENETUNREACH, Assert.Throws<LinuxException>(() => _route.AddRoute(far)).Errno);
        _route.AddRoute(far with { OnLink = true });
        Assert.True(Assert.Single(Mine()).OnLink);
    }

    [Fact]
    public void Table_that_is_not_there_is_empty() => Assert.Empty(_route.GetRoutes(new RouteFilter { Table = 4711 }));

    [Fact]
    public void Filter_is_kept()
    {
        _route.AddRoute(To("10.6.0.0/16") with { Gateway = Gateway });
        _route.AddRoute(To("10.7.0.0/16") with { Type = RouteType.Blackhole });
        _route.AddRoute(To("2001:db8:5::/48") with { Gateway = IPAddress.Parse("2001:db8:9::2") });
        Assert.Equal(["10.7.0.0/16"], Destinations(new RouteFilter { Protocol = Ours, Type = RouteType.Blackhole }));
        Assert.Equal(["2001:db8:5::/48"], Destinations(new RouteFilter { Protocol = Ours, Family = AddressFamily.InterNetworkV6 }));
        Assert.Equal(
            ["10.1.2.0/24", "10.6.0.0/16"],
            Destinations(new RouteFilter { Family = AddressFamily.InterNetwork, LinkIndex = _link, Table = RouteTable.Main }));
    }

    [Fact]
    public void Route_of_several_next_hops_is_known_as_one()
    {
        _namespace.Ip("route add 10.6.0.0/16 proto 77 nexthop via 10.1.2.1 nexthop via 10.1.2.2");
        Assert.True(Assert.Single(Mine()).HasSeveralNextHops);
    }

    [Fact]
    public void Batch_of_10000_routes_is_added_and_dumped_whole()
    {
        var wanted = Enumerable.Range(0, 10_000).Select(i => $"10.{100 + i / 256}.{i % 256}.0/24").ToHashSet();
        var batch = new RouteBatch();
        foreach (var destination in wanted)
            batch.AddRoute(To(destination) with { Gateway = Gateway });
        Assert.Empty(_route.Send(batch));
        Assert.Equal(wanted, Mine().Select(r => r.Destination.ToString()).ToHashSet());

        var removal = new RouteBatch();
        foreach (var destination in wanted)
            removal.DeleteRoute(To(destination) with { Gateway = Gateway });
        Assert.Empty(_route.Send(removal));
        Assert.Empty(Mine());
    }

    [Fact]
    [Trait("Emulated", "no")] // QEMU's user mode knows no routing rules
    public void Batch_goes_on_after_what_fails_and_tells_each_failure()
    {
        var batch = new RouteBatch();
        batch.DeleteRoute(To("10.5.0.0/16"));
        batch.AddRoute(To("10.6.0.0/16") with { Gateway = Gateway });
        batch.AddRule(new RoutingRule(AddressFamily.InterNetwork, 100) { Table = 1000, Protocol = Ours });
        batch.AddAddress(4711, IPAddress.Parse("10.9.9.9"), 24);
        var failures = _route.Send(batch);
        Assert.Equal([("RTM_DELROUTE", ESRCH), ("RTM_NEWADDR", ENODEV)], failures.Select(f => (f.Call, f.Errno)));
        Assert.StartsWith("10.5.0.0/16", failures[0].Subject, StringComparison.Ordinal);
        Assert.Single(Mine());
        Assert.Single(_route.GetRules(), r => r.Protocol == Ours);
    }

    [Fact]
    public void Batch_that_fails_throughout_is_told_throughout()
    {
        var batch = new RouteBatch();
        for (var i = 0; i < 20_000; i++)
            batch.DeleteRoute(To($"10.{i / 256}.{i % 256}.0/24"));
        Assert.Equal(20_000, _route.Send(batch).Count(f => f.Errno == ESRCH));
        Assert.Single(_route.GetLinks(), l => l.Name == "v0");
    }

    [Fact]
    public void Empty_batch_asks_nothing()
    {
        var before = _route.WriteCount;
        Assert.Empty(_route.Send(new RouteBatch()));
        Assert.Equal(before, _route.WriteCount);
    }

    [Theory]
    [InlineData("10.1.2.1")]
    [InlineData("2001:db8:9::2")]
    public void Default_route_is_replaced_and_the_second_time_nothing_is_asked(string gateway)
    {
        _namespace.Ip("route add default via 10.1.2.9");
        _namespace.Ip("-6 route add default via 2001:db8:9::9");
        _namespace.Ip("route add default via 10.1.2.8 metric 700 proto dhcp");
        _namespace.Ip("route add default via 10.1.2.7 metric 20 proto zebra");
        var wanted = IPAddress.Parse(gateway);
        Assert.True(_route.ReplaceDefaultRoute(wanted, null));

        var defaults = _route.GetRoutes(new RouteFilter { Family = wanted.AddressFamily, Table = RouteTable.Main })
            .Where(r => r.Destination.PrefixLength == 0 && r.Protocol != RouteProtocol.Zebra);
        Assert.Equal(wanted, Assert.Single(defaults).Gateway);
        Assert.Contains("default via 10.1.2.7 dev v0 proto zebra metric 20", _namespace.Ip("route"), StringComparison.Ordinal);

        var before = _route.WriteCount;
        Assert.False(_route.ReplaceDefaultRoute(wanted, null));
        Assert.Equal(before, _route.WriteCount);
    }

    [Fact]
    public void Default_route_may_be_a_device()
    {
        Assert.True(_route.ReplaceDefaultRoute(null, _link));
        Assert.Equal("default dev v0 scope link", _namespace.Ip("route show default").Trim());
        Assert.False(_route.ReplaceDefaultRoute(null, _link));
        Assert.True(_route.ReplaceDefaultRoute(Gateway, _link));
        Assert.Equal("default via 10.1.2.1 dev v0", _namespace.Ip("route show default").Trim());
    }

    [Fact]
    public void Default_route_that_cannot_be_leaves_the_old_one()
    {
        _namespace.Ip("route add default via 10.1.2.9");
        Assert.Equal(ENETUNREACH, Assert.Throws<LinuxException>(() => _route.ReplaceDefaultRoute(IPAddress.Parse("192.0.2.1"), null)).Errno);
        Assert.Equal("default via 10.1.2.9 dev v0", _namespace.Ip("route show default").Trim());
    }

    [Fact]
    [Trait("Emulated", "no")] // QEMU's user mode knows no routing rules
    public void Rules_of_both_families_are_added_read_back_and_deleted()
    {
        RoutingRule[] rules =
        [
            new(AddressFamily.InterNetwork, 100) { Mark = 1, MarkMask = 1, Table = 100, Protocol = Ours },
            new(AddressFamily.InterNetwork, 101) { Source = IPNetwork.Parse("10.1.0.0/16"), InputLink = "v0", Table = 1000, Protocol = Ours },
            new(AddressFamily.InterNetwork, 102) { Destination = IPNetwork.Parse("10.9.0.0/16"), OutputLink = "v0", Action = RuleAction.Prohibit, Protocol = Ours },
            new(AddressFamily.InterNetwork, 103) { Action = RuleAction.Goto, GotoPriority = 32766, Protocol = Ours },
            new(AddressFamily.InterNetworkV6, 104) { Inverted = true, Mark = 5, MarkMask = 0xff, Table = 254, SuppressPrefixLength = 0, Protocol = Ours },
        ];
        foreach (var rule in rules)
            _route.AddRule(rule);
        Assert.Equal(rules, _route.GetRules().Where(r => r.Protocol == Ours));
        Assert.Equal(rules[..4], _route.GetRules(AddressFamily.InterNetwork).Where(r => r.Protocol == Ours));
        Assert.Contains("100:\tfrom all fwmark 0x1/0x1 lookup 100", _namespace.Ip("rule"), StringComparison.Ordinal);

        Assert.Equal(EEXIST, Assert.Throws<LinuxException>(() => _route.AddRule(rules[0])).Errno);
        foreach (var rule in rules)
            _route.DeleteRule(rule);
        Assert.DoesNotContain(_route.GetRules(), r => r.Protocol == Ours);
        Assert.Equal(ENOENT, Assert.Throws<LinuxException>(() => _route.DeleteRule(rules[0])).Errno);
    }

    private IEnumerable<string> Destinations(RouteFilter filter) =>
        _route.GetRoutes(filter).Select(r => r.Destination.ToString()).Order(StringComparer.Ordinal);

    private IReadOnlyList<IpRoute> Mine() => _route.GetRoutes(new RouteFilter { Protocol = Ours });

    private static IpRoute To(string destination) =>
        new(IPNetwork.Parse(string.Create(CultureInfo.InvariantCulture, $"{destination}"))) { Protocol = Ours };
}
