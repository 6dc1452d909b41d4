using System.Net;
using Meduza.Linux.Netlink.Netfilter;
using static Meduza.Linux.Netlink.Netfilter.NetfilterFamily;

namespace Meduza.Linux.Tests.Netlink.Netfilter;

/// <summary>Against the kernel, in a network namespace of each test's own, with ipset as the witness.</summary>
[Trait("Emulated", "no")] // QEMU's user mode has no netlink of netfilter
public sealed class IpSetsTests : IDisposable
{
    private readonly NetworkNamespace _network = new();
    private readonly IpSets _sets;

    public IpSetsTests() => _sets = _network.Run(IpSets.Open);

    public void Dispose()
    {
        _sets.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void Set_is_what_ipset_lists()
    {
        Assert.True(_sets.Replace("LANS", Ipv4, Nets("10.1.0.0/24", "192.168.7.1/32", "172.16.0.0/12")));
        Assert.Equal(
            ["add LANS 10.1.0.0/24", "add LANS 172.16.0.0/12", "add LANS 192.168.7.1"],
            _network.Lines("ipset save -sorted LANS")[1..]);
        Assert.Equal(["LANS"], _network.Lines("ipset list -n"));
    }

    [Fact]
    public void Members_of_a_set_that_ipset_made_are_read()
    {
        _network.Tool("ipset restore", "create A hash:net\nadd A 10.1.0.0/24\nadd A 10.2.0.1\ncreate B hash:net family inet6\nadd B 2001:db8::/32\n");
        Assert.Equal(Nets("10.1.0.0/24", "10.2.0.1/32").ToHashSet(), _sets.GetMembers("A", Ipv4)!.ToHashSet());
        Assert.Equal(Nets("2001:db8::/32"), _sets.GetMembers("B", Ipv6));
        Assert.Null(_sets.GetMembers("A", Ipv6));
        Assert.Null(_sets.GetMembers("absent", Ipv4));
    }

    [Fact]
    public void Set_that_holds_the_networks_already_is_not_touched()
    {
        _sets.Replace("LANS", Ipv4, SampleChains.Networks(512));
        var writes = _sets.WriteCount;
        Assert.False(_sets.Replace("LANS", Ipv4, SampleChains.Networks(512).Reverse()));
        Assert.True(_sets.Holds("LANS", Ipv4, SampleChains.Networks(512)));
        Assert.False(_sets.Holds("LANS", Ipv4, SampleChains.Networks(511)));
        Assert.Equal(writes, _sets.WriteCount);
    }

    [Fact]
    public void Thousands_of_networks_are_filled_and_read_back()
    {
        var networks = SampleChains.Networks(20_000).Distinct().ToList();
        Assert.True(_sets.Replace("LANS", Ipv4, networks));
        Assert.Equal(networks.ToHashSet(), _sets.GetMembers("LANS", Ipv4)!.ToHashSet());
    }

    [Fact]
    public void More_networks_than_a_set_holds_by_default_fit()
    {
        var networks = Enumerable.Range(0, 70_000).Select(i => new IPNetwork(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]), 32)).ToList();
        Assert.True(_sets.Replace("LANS", Ipv4, networks));
        Assert.Equal(networks.Count, _sets.GetMembers("LANS", Ipv4)!.Count);
    }

    [Fact]
    public void Number_of_a_set_stays_when_its_content_is_replaced()
    {
        Assert.Null(_sets.IndexOf("LANS"));
        _sets.Replace("LANS", Ipv4, Nets("10.1.0.0/24"));
        var index = _sets.IndexOf("LANS");
        Assert.NotNull(index);
        _sets.Replace("LANS", Ipv4, Nets("10.2.0.0/24"));
        Assert.Equal(index, _sets.IndexOf("LANS"));
        Assert.Equal(Nets("10.2.0.0/24"), _sets.GetMembers("LANS", Ipv4));
    }

    [Fact]
    public void Replacement_that_was_broken_off_is_begun_anew()
    {
        _sets.Replace("LANS", Ipv4, Nets("10.1.0.0/24"));
        _sets.Create("LANS.new", Ipv4);
        _sets.Add("LANS.new", Nets("10.9.0.0/24"));
        Assert.True(_sets.Replace("LANS", Ipv4, Nets("10.2.0.0/24")));
        Assert.Equal(Nets("10.2.0.0/24"), _sets.GetMembers("LANS", Ipv4));
        Assert.Null(_sets.IndexOf("LANS.new"));
    }

    [Fact]
    public void Everything_is_two_halves()
    {
        Assert.True(_sets.Replace("LANS", Ipv4, Nets("0.0.0.0/0")));
        Assert.False(_sets.Replace("LANS", Ipv4, Nets("0.0.0.0/0")));
        Assert.Equal(Nets("0.0.0.0/1", "128.0.0.0/1").ToHashSet(), _sets.GetMembers("LANS", Ipv4)!.ToHashSet());
    }

    [Fact]
    public void Ipv6_set_is_made_and_read()
    {
        Assert.True(_sets.Replace("LANS6", Ipv6, Nets("2001:db8::/32", "fd00::1/128", "::/0")));
        Assert.Contains("add LANS6 2001:db8::/32", _network.Lines("ipset save LANS6"));
        Assert.False(_sets.Replace("LANS6", Ipv6, Nets("fd00::1/128", "2001:db8::/32", "::/0")));
    }

    [Fact]
    public void Removing_takes_both_and_an_absent_one_is_no_error()
    {
        _sets.Create("LANS", Ipv4);
        _sets.Create("LANS.new", Ipv4);
        Assert.True(_sets.Remove("LANS"));
        Assert.False(_sets.Remove("LANS"));
        Assert.Empty(_network.Lines("ipset list -n"));
    }

    [Fact]
    public void Set_in_use_by_a_rule_says_so()
    {
        _sets.Create("LANS", Ipv4);
        _network.Tool("iptables -t mangle -A PREROUTING -m set --match-set LANS src -j RETURN");
        var error = Assert.Throws<LinuxException>(() => _sets.Destroy("LANS"));
        Assert.Contains("IPSET_CMD_DESTROY LANS", error.Message, StringComparison.Ordinal);
        Assert.Contains("in use", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Set_of_our_name_and_another_type_says_so_and_stays()
    {
        _network.Tool("ipset create LANS hash:ip");
        var error = Assert.Throws<LinuxException>(() => _sets.Replace("LANS", Ipv4, Nets("10.1.0.0/24")));
        Assert.Contains("different types", error.Message, StringComparison.Ordinal);
        Assert.Contains("create LANS hash:ip", _network.Tool("ipset save LANS"), StringComparison.Ordinal);
    }

    [Fact]
    public void Network_that_is_there_already_says_so()
    {
        _sets.Create("LANS", Ipv4);
        _sets.Add("LANS", Nets("10.1.0.0/24"));
        var error = Assert.Throws<LinuxException>(() => _sets.Add("LANS", Nets("10.2.0.0/24", "10.1.0.0/24")));
        Assert.Contains("in the set already", error.Message, StringComparison.Ordinal);
    }

    private static IPNetwork[] Nets(params string[] networks) => [.. networks.Select(IPNetwork.Parse)];
}
