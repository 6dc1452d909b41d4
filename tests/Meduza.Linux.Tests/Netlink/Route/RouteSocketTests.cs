using System.Globalization;
using System.Net;
using Meduza.Linux.Netlink.Route;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Tests.Netlink.Route;

/// <summary>Against the kernel, in a network namespace of each test's own.</summary>
public sealed class RouteSocketTests : IDisposable
{
    private static readonly IPAddress Address4 = IPAddress.Parse("10.1.2.3");
    private static readonly IPAddress Address6 = IPAddress.Parse("2001:db8::1");

    private readonly NetworkNamespace _namespace = new();
    private readonly RouteSocket _route;

    public RouteSocketTests() => _route = _namespace.Run(RouteSocket.Open);

    public void Dispose()
    {
        _route.Dispose();
        _namespace.Dispose();
    }

    [Fact]
    public void New_namespace_has_a_loopback_that_is_down()
    {
        var lo = Assert.Single(_route.GetLinks());
        Assert.Equal(("lo", 1, false, 65536), (lo.Name, lo.Index, lo.Up, lo.Mtu));
    }

    [Fact]
    public void Loopback_set_up_has_its_addresses_in_host_scope()
    {
        _route.SetLoopbackUp();
        Assert.True(_route.GetLink("lo")!.Value.Up);
        Assert.Equal(
            ["127.0.0.1/8 Host", "::1/128 Host"],
            _route.GetAddresses(1).Select(a => $"{a} {a.Scope}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Link_is_found_by_name_and_an_absent_one_is_not()
    {
        var link = Veth();
        Assert.Equal(link, _route.GetLink("v0"));
        Assert.Contains(link, _route.GetLinks());
        Assert.Null(_route.GetLink("absent"));
        Assert.Null(_route.GetLink("a-name-of-sixteen"));
        Assert.Null(_route.GetLink(""));
    }

    [Fact]
    public void Link_goes_up_and_down()
    {
        var link = Veth();
        Assert.False(link.Up);
        _route.SetUp(link.Index);
        Assert.True(_route.GetLink("v0")!.Value.Up);
        _route.SetDown(link.Index);
        Assert.False(_route.GetLink("v0")!.Value.Up);
    }

    [Fact]
    public void Mtu_is_set()
    {
        _route.SetMtu(Veth().Index, 1400);
        Assert.Equal(1400, _route.GetLink("v0")!.Value.Mtu);
    }

    [Fact]
    public void Addresses_of_both_families_are_added_read_back_and_deleted()
    {
        var index = Veth().Index;
        _route.AddAddress(index, Address4, 24);
        _route.AddAddress(index, Address6, 64);
        Assert.Equal(
            [
                new LinkAddress(index, Address4, 24, AddressScope.Universe),
                new LinkAddress(index, Address6, 64, AddressScope.Universe),
            ],
            _route.GetAddresses(index));
        Assert.Contains("inet 10.1.2.3/24 scope global v0", _namespace.Ip("addr show dev v0"), StringComparison.Ordinal);
        Assert.Contains("inet6 2001:db8::1/64 scope global", _namespace.Ip("addr show dev v0"), StringComparison.Ordinal);

        _route.DeleteAddress(index, Address4, 24);
        _route.DeleteAddress(index, Address6, 64);
        Assert.Empty(_route.GetAddresses(index));
    }

    [Fact]
    public void Addresses_are_those_of_the_link_that_was_asked_for()
    {
        var index = Veth().Index;
        _route.AddAddress(index, Address4, 24);
        Assert.Empty(_route.GetAddresses(_route.GetLink("v1")!.Value.Index));
    }

    [Fact]
    public void Own_end_of_a_point_to_point_address_is_the_address()
    {
        var index = Veth().Index;
        _namespace.Ip("addr add 10.8.0.1 peer 10.8.0.2/32 dev v0");
        _namespace.Ip("addr add 2001:db8:1::1 peer 2001:db8:1::2/128 dev v0");
        Assert.Equal(["10.8.0.1/32", "2001:db8:1::1/128"], _route.GetAddresses(index).Select(a => a.ToString()));
    }

    [Fact]
    public void Deleting_an_absent_address_says_so()
    {
        var index = Veth().Index;
        var error = Assert.Throws<LinuxException>(() => _route.DeleteAddress(index, Address4, 24));
        Assert.Equal(EADDRNOTAVAIL, error.Errno);
        Assert.Equal("RTM_DELADDR", error.Call);
        Assert.Contains($"10.1.2.3/24 on link {index}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Adding_a_present_address_says_so()
    {
        var index = Veth().Index;
        _route.AddAddress(index, Address4, 24);
        Assert.Equal(EEXIST, Assert.Throws<LinuxException>(() => _route.AddAddress(index, Address4, 24)).Errno);
    }

    [Fact]
    public void Link_that_is_gone_says_so()
    {
        Assert.Equal(ENODEV, Assert.Throws<LinuxException>(() => _route.SetUp(4711)).Errno);
        Assert.Equal(ENODEV, Assert.Throws<LinuxException>(() => _route.AddAddress(4711, Address4, 24)).Errno);
        Assert.Empty(_route.GetAddresses(4711));
    }

    [Fact]
    public void Words_of_the_kernel_are_in_the_error()
    {
        var index = Veth().Index;
        var error = Assert.Throws<LinuxException>(() => _route.SetMtu(index, 1_000_000));
        Assert.Equal(EINVAL, error.Errno);
        Assert.Contains("mtu greater than device maximum", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dump_of_500_addresses_is_complete()
    {
        var index = Veth().Index;
        var wanted = Enumerable.Range(0, 500).Select(i => $"10.{i / 250}.{i % 250}.1/24").ToHashSet();
        _namespace.IpBatch(string.Concat(wanted.Select(a => $"addr add {a} dev v0\n")));
        Assert.Equal(wanted, _route.GetAddresses(index).Select(a => a.ToString()).ToHashSet());
    }

    [Fact]
    public void Dump_of_300_links_is_complete()
    {
        _namespace.IpBatch(string.Concat(Enumerable.Range(0, 150).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"link add a{i} type veth peer name b{i}\n"))));
        Assert.Equal(301, _route.GetLinks().Select(l => l.Name).Distinct().Count());
    }

    [Fact]
    public void Default_route_is_made_and_replaced()
    {
        var index = Veth().Index;
        _route.SetUp(index);
        _route.AddAddress(index, Address4, 24);
        _route.ReplaceDefaultRoute(IPAddress.Parse("10.1.2.1"), index);
        _route.ReplaceDefaultRoute(IPAddress.Parse("10.1.2.2"), null);
        Assert.Equal("default via 10.1.2.2 dev v0", _namespace.Ip("-4 route show default").Replace("linkdown", "", StringComparison.Ordinal).Trim());
        _route.ReplaceDefaultRoute(null, index);
        Assert.StartsWith("default dev v0 scope link", _namespace.Ip("-4 route show default"), StringComparison.Ordinal);
    }

    [Fact]
    public void Default_route_of_ipv6_is_made()
    {
        var index = Veth().Index;
        _route.SetUp(index);
        _route.SetUp(_route.GetLink("v1")!.Value.Index);
        _namespace.Ip("addr add 2001:db8::2/64 dev v0 nodad");
        _route.ReplaceDefaultRoute(Address6, index);
        Assert.StartsWith("default via 2001:db8::1 dev v0", _namespace.Ip("-6 route show default"), StringComparison.Ordinal);
    }

    [Fact]
    public void Default_route_over_an_unknown_network_says_so()
    {
        var error = Assert.Throws<LinuxException>(() => _route.ReplaceDefaultRoute(IPAddress.Parse("10.1.2.1"), null));
        Assert.Equal(ENETUNREACH, error.Errno);
        Assert.Contains("default via 10.1.2.1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_changes_are_counted_as_writes()
    {
        var index = Veth().Index;
        _route.GetLinks();
        _route.GetAddresses(index);
        Assert.Equal(0, _route.WriteCount);
        _route.SetUp(index);
        _route.AddAddress(index, Address4, 24);
        Assert.Throws<LinuxException>(() => _route.AddAddress(index, Address4, 24));
        Assert.Equal(3, _route.WriteCount);
    }

    [Fact]
    public async Task Several_threads_get_each_its_own_answers()
    {
        var index = Veth().Index;
        var tasks = Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                var address = IPAddress.Parse($"10.{thread}.{i}.1");
                _route.AddAddress(index, address, 24);
                Assert.Contains(_route.GetAddresses(index), a => a.Address.Equals(address));
                Assert.Equal("v0", _route.GetLink("v0")!.Value.Name);
                _route.DeleteAddress(index, address, 24);
            }
        }));
        await Task.WhenAll(tasks);
        Assert.Empty(_route.GetAddresses(index));
    }

    private Link Veth()
    {
        _namespace.Ip("link add v0 type veth peer name v1");
        return _route.GetLink("v0")!.Value;
    }
}
