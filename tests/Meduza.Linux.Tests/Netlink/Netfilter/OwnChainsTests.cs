using Meduza.Linux.Netlink.Netfilter;
using static Meduza.Linux.Netlink.Netfilter.NetfilterFamily;

namespace Meduza.Linux.Tests.Netlink.Netfilter;

/// <summary>Against the kernel, in a network namespace of each test's own, with iptables-nft and nft as witnesses.</summary>
[Trait("Emulated", "no")] // QEMU's user mode has no netlink of netfilter
public sealed class OwnChainsTests : IDisposable
{
    private readonly NetworkNamespace _network = new();
    private readonly NfTables _tables;
    private readonly IpSets _sets;
    private readonly OwnChain _proxy;

    public OwnChainsTests()
    {
        _tables = _network.Run(NfTables.Open);
        _sets = _network.Run(IpSets.Open);
        _sets.Create("SPARE", Ipv4);
        _sets.Replace(SampleChains.Set, Ipv4, SampleChains.Networks(4));
        _proxy = SampleChains.Proxy(_sets.IndexOf(SampleChains.Set)!.Value, 22, 443);
    }

    public void Dispose()
    {
        _tables.Dispose();
        _sets.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void Iptables_shows_the_chain_as_it_was_asked_for()
    {
        OwnChains.Apply(_tables, _proxy);
        Assert.Equal(
            [
                "-N CLASH_TPROXY",
                "-A CLASH_TPROXY -i tnc0 -j RETURN",
                "-A CLASH_TPROXY -d 172.16.0.0/12 -j RETURN",
                "-A CLASH_TPROXY -m conntrack --ctorigsrc 192.0.2.1 -j RETURN",
                "-A CLASH_TPROXY -p tcp -m tcp --dport 22 -j RETURN",
                "-A CLASH_TPROXY -p tcp -m tcp --dport 443 -j RETURN",
                "-A CLASH_TPROXY -p udp -m udp --dport 22 -j RETURN",
                "-A CLASH_TPROXY -p udp -m udp --dport 443 -j RETURN",
                "-A CLASH_TPROXY -p tcp -m tcp --sport 1000:2000 -j RETURN",
                "-A CLASH_TPROXY -p tcp -m set --match-set LANS src -j TPROXY --on-port 7893 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x1",
                "-A CLASH_TPROXY -p udp -m udp --sport 1000:2000 -j RETURN",
                "-A CLASH_TPROXY -p udp -m set --match-set LANS src -j TPROXY --on-port 7893 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x1",
            ],
            _network.Lines("iptables -t mangle -S CLASH_TPROXY"));
        Assert.Contains("-A PREROUTING -j CLASH_TPROXY", _network.Lines("iptables -t mangle -S"));
    }

    [Fact]
    public void Iptables_shows_mappings_and_forwards()
    {
        OwnChains.Apply(_tables, SampleChains.MapIn, SampleChains.ForwardIn6);
        Assert.Contains("-A MAP_IN -d 10.1.0.0/24 -j NETMAP --to 192.168.1.0/24", _network.Lines("iptables -t nat -S"));
        Assert.Contains(
            "-A PORTS_IN -p tcp -m tcp --dport 8080 -m addrtype --dst-type LOCAL -j DNAT --to-destination [2001:db8::5]:80",
            _network.Lines("ip6tables -t nat -S"));
        Assert.Contains("jump MAP_IN", _network.Tool("nft list ruleset"), StringComparison.Ordinal);
    }

    [Fact]
    public void Applying_twice_sends_nothing()
    {
        OwnChain[] chains = [_proxy, SampleChains.MapIn, SampleChains.ForwardIn6];
        Assert.NotEqual(0, OwnChains.Apply(_tables, chains));
        Assert.Equal(1, _tables.WriteCount);
        var generation = _tables.GetGeneration();
        Assert.Equal(0, OwnChains.Apply(_tables, chains));
        Assert.Empty(OwnChains.Differing(_tables, chains));
        Assert.Equal(1, _tables.WriteCount);
        Assert.Equal(generation, _tables.GetGeneration());
    }

    [Fact]
    public void Chain_that_iptables_made_of_the_same_words_is_right_as_it_is()
    {
        OwnChains.Apply(_tables, _proxy);
        var saved = _network.Tool("iptables-save -t mangle");
        _network.Tool("iptables -t mangle -F");
        _network.Tool("iptables-restore", saved);
        Assert.Equal(0, OwnChains.Apply(_tables, _proxy));
    }

    [Fact]
    public void Counted_packets_are_no_difference()
    {
        _network.Ip("link set lo up");
        OwnChain chain = new(Ipv4, "mangle", "COUNTS", BaseChain.ManglePrerouting, [new RuleBuilder(Ipv4).Return()]);
        OwnChains.Apply(_tables, chain);
        _network.Tool("ping -c 1 -W 5 127.0.0.1");
        Assert.Contains("packets 2 ", _network.Tool("nft list chain ip mangle COUNTS"), StringComparison.Ordinal);
        Assert.Equal(0, OwnChains.Apply(_tables, chain));
    }

    [Fact]
    public void Rules_of_a_neighbour_in_the_same_table_survive()
    {
        _network.Tool("iptables -t mangle -A PREROUTING -i eth9 -j MARK --set-mark 7");
        _network.Tool("iptables -t mangle -N NEIGHBOUR");
        _network.Tool("iptables -t mangle -A NEIGHBOUR -p tcp --dport 25 -j DROP");
        _network.Tool("iptables -t mangle -A PREROUTING -j NEIGHBOUR");
        _network.Tool("nft add table ip theirs");
        var before = Foreign();

        OwnChains.Apply(_tables, _proxy);
        OwnChains.Apply(_tables, _proxy with { Rules = _proxy.Rules[..^1] });
        Assert.Equal(before, Foreign());
        OwnChains.Apply(_tables, _proxy.Absent);
        Assert.Equal(before, Foreign());
        Assert.DoesNotContain("CLASH_TPROXY", _network.Tool("nft list ruleset"), StringComparison.Ordinal);

        string[] Foreign() => [.. _network.Lines("iptables -t mangle -S").Where(l => !l.Contains("CLASH_TPROXY", StringComparison.Ordinal)), .. _network.Lines("nft list table ip theirs")];
    }

    [Theory]
    [InlineData("iptables -t mangle -F CLASH_TPROXY")]
    [InlineData("iptables -t mangle -F PREROUTING")]
    [InlineData("iptables -t mangle -F")]
    [InlineData("iptables -t mangle -D CLASH_TPROXY 2")]
    [InlineData("iptables -t mangle -I CLASH_TPROXY -j RETURN")]
    [InlineData("iptables -t mangle -I CLASH_TPROXY 3 -m length --length 100 -j ACCEPT")]
    [InlineData("iptables -t mangle -A PREROUTING -j CLASH_TPROXY")]
    [InlineData("iptables -t mangle -R PREROUTING 1 -i eth9 -j CLASH_TPROXY")]
    [InlineData("iptables -t mangle -N OTHER", "iptables -t mangle -A OTHER -p tcp -j CLASH_TPROXY")]
    [InlineData("nft flush ruleset")]
    [InlineData("nft delete table ip mangle")]
    [InlineData("nft insert rule ip mangle CLASH_TPROXY counter accept")]
    public void Whatever_somebody_did_is_repaired_by_one_transaction(params string[] commands)
    {
        OwnChains.Apply(_tables, _proxy);
        var right = Shown();
        foreach (var command in commands)
            _network.Tool(command);
        Assert.Equal([_proxy], OwnChains.Differing(_tables, _proxy));
        var writes = _tables.WriteCount;
        Assert.NotEqual(0, OwnChains.Apply(_tables, _proxy));
        Assert.Equal(writes + 1, _tables.WriteCount);
        Assert.Equal(right, Shown());

        string[] Shown() => [.. _network.Lines("iptables -t mangle -S").Where(l => l.Contains("CLASH_TPROXY", StringComparison.Ordinal))];
    }

    [Fact]
    public void Chain_is_removed_though_something_else_jumps_to_it()
    {
        OwnChains.Apply(_tables, _proxy);
        _network.Tool("iptables -t mangle -N OTHER");
        _network.Tool("iptables -t mangle -A OTHER -p tcp -g CLASH_TPROXY");
        OwnChains.Apply(_tables, _proxy.Absent);
        Assert.DoesNotContain(_network.Lines("iptables -t mangle -S"), l => l.Contains("CLASH_TPROXY", StringComparison.Ordinal));
        Assert.Equal(0, OwnChains.Apply(_tables, _proxy.Absent));
        Assert.True(_sets.Remove(SampleChains.Set));
    }

    [Fact]
    public void Absent_chain_of_an_absent_table_is_right()
    {
        Assert.Equal(0, OwnChains.Apply(_tables, _proxy.Absent, SampleChains.ForwardIn6.Absent));
        Assert.Empty(_tables.GetTables(Ipv4));
    }

    [Fact]
    public void Change_of_another_program_in_between_makes_the_batch_be_composed_anew()
    {
        var composed = 0;
        _tables.Change(transaction =>
        {
            var had = _tables.GetRules(Ipv4, "theirs").Count;
            if (composed++ == 0)
                _network.Tool("nft add table ip theirs");
            transaction.NewTable(Ipv4, $"after{had}-{composed}");
        });
        Assert.Equal(2, composed);
        Assert.Equal(["theirs", "after0-2"], _tables.GetTables(Ipv4));
    }

    [Fact]
    public void Program_that_never_stops_changing_ends_as_an_error_and_nothing_of_ours_is_there()
    {
        var error = Assert.Throws<LinuxException>(() => _tables.Change(transaction =>
        {
            using var other = _network.Run(NfTables.Open);
            other.Change(change => change.NewTable(Ipv4, $"theirs{other.GetTables(Ipv4).Count}"));
            transaction.NewTable(Ipv4, "ours");
        }));
        Assert.Equal(Tmds.Linux.LibC.ERESTART, error.Errno);
        Assert.DoesNotContain("ours", _tables.GetTables(Ipv4));
    }

    [Fact]
    public void Refused_change_is_named_and_nothing_of_the_transaction_is_done()
    {
        OwnChain wrong = new(Ipv4, "nat", "WRONG", BaseChain.NatPrerouting,
            [new RuleBuilder(Ipv4).Return(), new RuleBuilder(Ipv4).Target(XtCompat.Tproxy(7893, 1, 1))]);
        var error = Assert.Throws<LinuxException>(() => OwnChains.Apply(_tables, _proxy, wrong));
        Assert.Equal("NFT_MSG_NEWRULE", error.Call);
        Assert.Contains("table ip nat chain WRONG", error.Message, StringComparison.Ordinal);
        Assert.Empty(_tables.GetTables(Ipv4));
        Assert.NotEqual(0, OwnChains.Apply(_tables, _proxy));
    }

    [Fact]
    public void Chain_of_our_base_chains_name_that_is_none_says_so()
    {
        _network.Tool("nft add table ip mangle");
        _network.Tool("nft add chain ip mangle PREROUTING");
        var error = Assert.Throws<LinuxException>(() => OwnChains.Apply(_tables, _proxy));
        Assert.Contains("table ip mangle chain PREROUTING", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lans_and_ports_in_hundreds_are_one_transaction_and_one_swap()
    {
        var sets = _sets.WriteCount;
        Assert.True(_sets.Replace(SampleChains.Set, Ipv4, SampleChains.Networks(512)));
        // Made, filled by two messages, swapped, destroyed.
        Assert.Equal(5, _sets.WriteCount - sets);
        var proxy = SampleChains.Proxy(_sets.IndexOf(SampleChains.Set)!.Value, Enumerable.Range(1, 64).Select(i => (ushort)(100 * i)));
        OwnChains.Apply(_tables, proxy);
        Assert.Equal(1, _tables.WriteCount);
        Assert.Equal(proxy.Rules.Length + 1, _network.Lines("iptables -t mangle -S CLASH_TPROXY").Length);
        Assert.Equal(0, OwnChains.Apply(_tables, proxy));
    }

    [Fact]
    public void Transaction_longer_than_the_send_buffer_is_sent_whole()
    {
        var ports = Enumerable.Range(1, 4000).Select(i => (ushort)i);
        var proxy = SampleChains.Proxy(_sets.IndexOf(SampleChains.Set)!.Value, ports);
        OwnChains.Apply(_tables, proxy);
        Assert.Equal(1, _tables.WriteCount);
        Assert.Equal(0, OwnChains.Apply(_tables, proxy));
    }

    [Fact]
    public void Comment_of_a_rule_is_shown_and_read_back()
    {
        OwnChain chain = new(Ipv4, "mangle", "TOLD", BaseChain.ManglePrerouting, [new RuleBuilder(Ipv4).Comment("why not").Return()]);
        OwnChains.Apply(_tables, chain);
        Assert.Contains("-A TOLD -m comment --comment \"why not\" -j RETURN", _network.Lines("iptables -t mangle -S TOLD"));
        Assert.Equal(0, OwnChains.Apply(_tables, chain));
    }
}
