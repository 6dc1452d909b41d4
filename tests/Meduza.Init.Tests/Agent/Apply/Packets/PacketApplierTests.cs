using System.Collections.Immutable;
using System.Net;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Render;
using Meduza.Init.Agent.Apply.Packets;
using Meduza.Init.Control;
using Meduza.Linux.Netlink.Route;
using Meduza.Linux.Tests.Netlink;
using Meduza.Linux.Tests.Netlink.Netfilter;

namespace Meduza.Init.Tests.Agent.Apply.Packets;

/// <summary>Against the kernel, in a network namespace of each test's own; iptables-nft, ipset and ip say what is there.</summary>
public sealed class PacketApplierTests : IDisposable
{
    private static readonly TransparentProxy Proxy = new()
    {
        ExcludedDevices = ["tnc0", "tun-office"],
        ExcludedDestinations = [Net("10.0.0.0/8"), Net("172.16.0.0/12")],
        ExcludedSources = [IPAddress.Parse("192.0.2.1")],
        ExcludedPorts = [Ports("in:tcp:22"), Ports("out:tcp:22"), Ports("out:udp:5000-5010")],
        Sources = [Net("10.1.0.0/24"), Net("10.2.0.0/16")],
    };

    private static readonly PacketRules All = new(
        Proxy,
        [new NetworkMapping(Net("192.168.1.0/24"), Net("10.100.1.0/24"))],
        [Forward("8080:10.1.0.5:80"), Forward("8443:[2001:db8::5]:443")]);

    private readonly NetworkNamespace _network = new();
    private readonly RouteSocket _route;
    private readonly PacketApplier _packets;
    private ServerAddresses.Known _known = ServerAddresses.Known.Nothing;

    public PacketApplierTests()
    {
        _network.Ip("link set lo up");
        _route = _network.Run(RouteSocket.Open);
        _packets = _network.Run(() => new PacketApplier(_route, () => _known));
        // Its sockets are opened when they are first needed, in the namespace of who asks.
        Assert.Empty(_network.Run(() => _packets.Differing(PacketRules.None)));
    }

    public void Dispose()
    {
        _packets.Dispose();
        _route.Dispose();
        _network.Dispose();
    }

    [Fact]
    public void Proxy_rules_are_what_iptables_shows_in_their_order()
    {
        Apply(All with { Mappings = [], Forwards = [] });
        Assert.Equal(
            [
                "-N CLASH_TPROXY",
                "-A CLASH_TPROXY -i tnc0 -j RETURN",
                "-A CLASH_TPROXY -i tun-office -j RETURN",
                "-A CLASH_TPROXY -d 10.0.0.0/8 -j RETURN",
                "-A CLASH_TPROXY -d 172.16.0.0/12 -j RETURN",
                "-A CLASH_TPROXY -s 192.0.2.1/32 -j RETURN",
                "-A CLASH_TPROXY -p tcp -m tcp --sport 22 -j RETURN",
                "-A CLASH_TPROXY -p tcp -m tcp --dport 22 -j RETURN",
                "-A CLASH_TPROXY -p udp -m udp --dport 5000:5010 -j RETURN",
                "-A CLASH_TPROXY -p tcp -m set --match-set MEDUZA_PROXIED src -j TPROXY --on-port 7893 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x1",
                "-A CLASH_TPROXY -p udp -m set --match-set MEDUZA_PROXIED src -j TPROXY --on-port 7893 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x1",
            ],
            _network.Lines("iptables -t mangle -S CLASH_TPROXY"));
        Assert.Equal("-A PREROUTING -j CLASH_TPROXY", Assert.Single(_network.Lines("iptables -t mangle -S"), l => l.EndsWith("-j CLASH_TPROXY", StringComparison.Ordinal)));
        Assert.Equal(["add MEDUZA_PROXIED 10.1.0.0/24", "add MEDUZA_PROXIED 10.2.0.0/16"], _network.Lines("ipset save -sorted MEDUZA_PROXIED")[1..]);
        Assert.StartsWith("100:\tfrom all fwmark 0x1 lookup 100", Assert.Single(_network.Lines("ip rule"), l => l.StartsWith("100:", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.StartsWith("local default dev lo ", Assert.Single(_network.Lines("ip route show table 100")), StringComparison.Ordinal);
    }

    [Fact]
    public void Sources_by_connection_and_redirected_connections_are_excluded_where_asked()
    {
        Apply(All with { Proxy = Proxy with { ExcludeByConnection = true, ExcludeRedirected = true, Transports = Transports.Tcp } });
        var rules = _network.Lines("iptables -t mangle -S CLASH_TPROXY");
        Assert.Contains("-A CLASH_TPROXY -m conntrack --ctorigsrc 192.0.2.1 -j RETURN", rules);
        Assert.Contains("-A CLASH_TPROXY -m conntrack --ctstate DNAT -j RETURN", rules);
        Assert.DoesNotContain(rules, rule => rule.Contains("udp", StringComparison.Ordinal));
    }

    [Fact]
    public void Servers_of_the_proxy_are_a_set_that_follows_what_is_known_of_them()
    {
        var proxied = All with { Proxy = Proxy with { ExcludedServers = new(["a.example"], []) } };
        Know(false);
        Apply(proxied);
        var rules = _network.Lines("iptables -t mangle -S CLASH_TPROXY");
        Assert.Equal("-A CLASH_TPROXY -m set --match-set MEDUZA_SERVERS dst -j RETURN", rules[Array.IndexOf(rules, "-A CLASH_TPROXY -s 192.0.2.1/32 -j RETURN") - 1]);
        Assert.Empty(Members());
        Assert.Empty(_packets.Differing(proxied));

        Know(true, "203.0.113.1", "203.0.113.2");
        Assert.Equal(["clash"], _packets.Differing(proxied));
        Apply(proxied);
        Assert.Equal(["203.0.113.1", "203.0.113.2"], Members());
        Assert.Empty(_packets.Differing(proxied));

        // Another agent, which has not looked all names up yet: what this one knew is kept.
        Know(false, "203.0.113.3");
        Apply(proxied);
        Assert.Equal(["203.0.113.1", "203.0.113.2", "203.0.113.3"], Members());
        Know(true, "203.0.113.3");
        Apply(proxied);
        Assert.Equal(["203.0.113.3"], Members());

        Apply(All);
        Assert.Empty(_packets.Differing(All));
        Assert.DoesNotContain(_network.Lines("ipset list -n"), name => name.StartsWith("MEDUZA_SERVERS", StringComparison.Ordinal));
    }

    private void Know(bool isWhole, params string[] addresses) => _known = new(addresses.Select(IPAddress.Parse).ToList(), isWhole);

    private IEnumerable<string> Members() =>
        _network.Lines("ipset save -sorted MEDUZA_SERVERS")[1..].Select(line => line[(line.LastIndexOf(' ') + 1)..]);

    [Fact]
    public void Mappings_and_forwards_are_what_iptables_shows()
    {
        Apply(All);
        var nat = _network.Lines("iptables -t nat -S");
        Assert.Equal(
            [
                "-A MEDUZA_MAP_IN -d 10.100.1.0/24 -j NETMAP --to 192.168.1.0/24",
                "-A MEDUZA_MAP_OUT -s 192.168.1.0/24 ! -d 192.168.1.0/24 -j NETMAP --to 10.100.1.0/24",
                "-A MEDUZA_PORT_IN -p tcp -m tcp --dport 8080 -m addrtype --dst-type LOCAL -j DNAT --to-destination 10.1.0.5:80",
                "-A MEDUZA_PORT_IN -p udp -m udp --dport 8080 -m addrtype --dst-type LOCAL -j DNAT --to-destination 10.1.0.5:80",
                "-A MEDUZA_PORT_OUT -d 10.1.0.5/32 -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT --ctorigdstport 8080 -j MASQUERADE",
                "-A MEDUZA_PORT_OUT -d 10.1.0.5/32 -p udp -m udp --dport 80 -m conntrack --ctstate DNAT --ctorigdstport 8080 -j MASQUERADE",
            ],
            nat.Where(l => l.StartsWith("-A MEDUZA", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Contains(
            "-A MEDUZA_PORT_IN -p tcp -m tcp --dport 8443 -m addrtype --dst-type LOCAL -j DNAT --to-destination [2001:db8::5]:443",
            _network.Lines("ip6tables -t nat -S"));
    }

    [Fact]
    public void Applying_twice_touches_nothing()
    {
        Apply(All);
        var generation = _network.Tool("nft --echo --json list ruleset");
        Assert.Empty(_network.Run(() => _packets.Differing(All)));
        var routes = _route.WriteCount;
        foreach (var component in new[] { PacketRules.ProxyComponent, PacketRules.MappingComponent, PacketRules.ForwardComponent })
            _packets.Apply(component, All);
        Assert.Equal(routes, _route.WriteCount);
        Assert.Equal(generation, _network.Tool("nft --echo --json list ruleset"));
    }

    [Theory]
    [InlineData("iptables -t mangle -F", "clash")]
    [InlineData("iptables -t mangle -D PREROUTING -j CLASH_TPROXY", "clash")]
    [InlineData("ipset del MEDUZA_PROXIED 10.1.0.0/24", "clash")]
    [InlineData("ipset add MEDUZA_PROXIED 10.9.0.0/24", "clash")]
    [InlineData("ip rule del priority 100", "clash")]
    [InlineData("ip route flush table 100", "clash")]
    [InlineData("iptables -t nat -F MEDUZA_MAP_IN", "network_mapping")]
    [InlineData("ip6tables -t nat -F", "portforward")]
    [InlineData("nft flush ruleset", "clash", "network_mapping", "portforward")]
    public void What_somebody_removed_is_seen_and_repaired(string command, params string[] components)
    {
        Apply(All);
        _network.Tool(command);
        Assert.Equal(components, _packets.Differing(All));
        Apply(All);
        Assert.Empty(_packets.Differing(All));
    }

    [Fact]
    public void What_is_no_longer_wanted_goes_and_what_others_have_stays()
    {
        string[] others = ["ip rule add priority 101 fwmark 0x2 table 101", "iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE", "iptables -t mangle -A PREROUTING -p icmp -j MARK --set-mark 9"];
        foreach (var other in others)
            _network.Tool(other);
        Apply(All);
        Apply(PacketRules.None);
        Assert.Empty(_packets.Differing(PacketRules.None));
        Assert.DoesNotContain("MEDUZA", _network.Tool("nft list ruleset"), StringComparison.Ordinal);
        Assert.DoesNotContain("CLASH", _network.Tool("nft list ruleset"), StringComparison.Ordinal);
        Assert.Empty(_network.Lines("ipset list -n"));
        Assert.DoesNotContain(_network.Lines("ip rule"), l => l.StartsWith("100:", StringComparison.Ordinal));
        Assert.Contains(_network.Lines("ip rule"), l => l.StartsWith("101:", StringComparison.Ordinal));
        Assert.Contains("-A POSTROUTING -o eth0 -j MASQUERADE", _network.Lines("iptables -t nat -S"));
        Assert.Contains(_network.Lines("iptables -t mangle -S"), l => l.Contains("-p icmp -j MARK", StringComparison.Ordinal));
    }

    [Fact]
    public void Way_that_somebody_else_made_is_used_and_left_to_him()
    {
        _network.Tool("ip rule add priority 100 fwmark 1 table 100");
        _network.Tool("ip route add local default dev lo table 100");
        Assert.Empty(_packets.Differing(PacketRules.None));
        var writes = _route.WriteCount;
        Apply(All);
        Apply(PacketRules.None);
        Assert.Equal(writes, _route.WriteCount);
        Assert.NotEmpty(_network.Lines("ip route show table 100"));
    }

    [Fact]
    public void Lans_in_hundreds_are_one_swap_and_ports_one_transaction()
    {
        var many = Proxy with
        {
            Sources = [.. Enumerable.Range(0, 512).Select(i => Net($"10.{i / 256}.{i % 256}.0/24"))],
            ExcludedPorts = [.. Enumerable.Range(1, 64).Select(i => Ports($"out:tcp:{i * 100}"))],
        };
        Apply(All with { Proxy = many });
        Assert.Equal(512, _network.Lines("ipset save MEDUZA_PROXIED").Length - 1);
        Assert.Empty(_packets.Differing(All with { Proxy = many }));
    }

    [Theory]
    [InlineData(ServiceStates.Ready, true)]
    [InlineData(ServiceStates.Starting, false)]
    [InlineData(ServiceStates.Backoff, false)]
    [InlineData(ServiceStates.Failing, false)]
    [InlineData(ServiceStates.Stopping, false)]
    [InlineData(null, false)]
    public void Proxy_that_is_not_ready_gets_nothing(string? state, bool isProxied)
    {
        var allowed = _packets.Allowed(All, state is null ? Services() : Services(("mihomo", "clash", state)));
        Assert.Equal(isProxied, allowed.Proxy is not null);
        Assert.Equal(All with { Proxy = null }, allowed with { Proxy = null });
    }

    [Fact]
    public void Proxying_begins_when_the_routes_are_there_and_does_not_end_with_them()
    {
        var starting = Services(("mihomo", "clash", ServiceStates.Ready), ("zebra", "frr", ServiceStates.Ready), ("bgpd", "frr", ServiceStates.Starting));
        Assert.Null(_packets.Allowed(All, starting).Proxy);
        Assert.NotNull(_packets.Allowed(All, starting.SetItem("bgpd", starting["zebra"])).Proxy);
        Apply(All);
        Assert.NotNull(_packets.Allowed(All, starting).Proxy);
        Assert.Null(_packets.Allowed(All, starting.Remove("mihomo")).Proxy);
    }

    private static ImmutableDictionary<string, ServiceStatus> Services(params (string Name, string Component, string State)[] services) =>
        services.ToImmutableDictionary(service => service.Name, service => new ServiceStatus
        {
            Name = service.Name,
            Component = service.Component,
            State = service.State,
            StartedAt = 1,
            Definition = new ServiceDefinition { Name = service.Name, Component = service.Component, Command = [$"/usr/bin/{service.Name}"] },
        });

    private void Apply(PacketRules rules)
    {
        foreach (var component in _packets.Differing(rules))
            _packets.Apply(component, rules);
    }

    private static Prefix Net(string text) => Prefix.TryParse(text, out var prefix, out _) ? prefix : throw new FormatException(text);

    private static PortSelector Ports(string text) => PortSelector.TryParse(text, out var ports) ? ports : throw new FormatException(text);

    private static PortForward Forward(string text) => PortForward.TryParse(text, out var forward) ? forward : throw new FormatException(text);
}
