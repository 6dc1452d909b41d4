using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Tests.Programs;

/// <summary>
/// A delta, sent to the real daemons, must leave them running the new text.
/// </summary>
[Trait("FRR", "any")]
public sealed class FrrDeltaProgramTests
{
    private const string Bgp = "/nodes/gw-b/openvpn/office/bgp/";

    private static KeySet SecondPeer(KeySet keys) => keys.With("/nodes/gw-b/openvpn/backup/",
        ("enable", "true"), ("dev", "tun1"), ("port", "1196"), ("ifconfig", "10.31.0.1 10.31.0.2"), ("secret", Material.Of("static.key")),
        ("bgp/peer_asn", "65003"), ("bgp/peer_ip", "10.31.0.2"), ("bgp/no_forward", "true"));

    /// <summary>One change after another, each on top of those before it.</summary>
    private static readonly (string Name, Func<KeySet, KeySet> Change)[] Changes =
    [
        ("a LAN more, in front", keys => keys.With("/nodes/gw-b/lan", "10.42.5.0/24\n10.42.20.0/24\n10.42.30.0/24")),
        ("a LAN less, in front", keys => keys.With("/nodes/gw-b/lan", "10.42.20.0/24\n10.42.30.0/24")),
        ("no private LAN here", keys => keys.Without("/nodes/gw-b/private_lan")),
        ("no private LAN anywhere", keys => keys.Without("/nodes/gw-a/private_lan")),
        ("private LANs again", keys => keys.With("/nodes/gw-a/private_lan", "10.99.1.0/24\n10.99.2.0/24")),
        ("a filter", keys => keys.With("/global/bgp/filter/in", "deny 10.0.0.0/8 ge 25\npermit 0.0.0.0/0 ge 8 le 32")),
        ("a filter turned around", keys => keys.With("/global/bgp/filter/in", "permit 0.0.0.0/0 ge 8 le 32\ndeny 10.0.0.0/8 ge 25")),
        ("no_transit", keys => keys.With(Bgp + "no_transit", "true")),
        ("a second peer", SecondPeer),
        ("weight and update source", keys => keys.With(Bgp, ("weight", "100"), ("update_source", "10.30.0.1"))),
        ("no weight", keys => keys.Without(Bgp + "weight")),
        ("the peer's AS", keys => keys.With(Bgp + "peer_asn", "65009")),
        ("transit and several paths", keys => keys.With("/global/bgp/transit", "*").With("/nodes/gw-b/bgp/max_paths", "4")),
        ("edge broadcast", keys => keys.With("/global/bgp/edge_broadcast", "10.42.0.0/16")),
        ("another area and another interface", keys => keys.With("/nodes/gw-b/ospf/", ("area", "5"), ("active_ifaces", "tnc0\neth7"))),
        ("one interface less", keys => keys.With("/nodes/gw-b/ospf/active_ifaces", "tnc0")),
        ("only the default route into OSPF", keys => keys.With("/nodes/gw-b/bgp/to_ospf/default_only", "true")),
        ("nothing from BGP into OSPF", keys => keys.With("/nodes/gw-b/ospf/redistribute_bgp", "false")),
        ("the router id", keys => keys.With("/nodes/gw-b/router_id", "10.20.0.22")),
        ("the second peer gone", keys => keys.With("/nodes/gw-b/openvpn/backup/enable", "false")),
        ("the own AS", keys => keys.With("/nodes/gw-b/bgp/asn", "4200000001")),
        ("no peer at all", keys => keys.With(Bgp + "enable", "false")),
        ("and all as it was", _ => Fleet.Keys),
    ];

    /// <summary>What somebody may do by vtysh to a daemon that runs the first fleet's text, with a second peer.</summary>
    private static readonly (string Daemon, string[] Lines)[] Drifts =
    [
        ("bgpd", ["ip prefix-list MEDUZA-FILTER-IN seq 1 permit 0.0.0.0/0"]),
        ("bgpd", ["no ip prefix-list MEDUZA-FILTER-IN seq 5 deny 0.0.0.0/0"]),
        ("bgpd", ["ip prefix-list MEDUZA-FILTER-OUT seq 5 permit 10.0.0.0/8"]),
        ("bgpd", ["no ip prefix-list MEDUZA-PRIVATE"]),
        ("bgpd", ["no route-map MEDUZA-EXTERNAL-OUT deny 10", "no route-map MEDUZA-EXTERNAL-IN"]),
        ("bgpd", ["route-map MEDUZA-EXTERNAL-IN permit 20", "set local-preference 900", "no set community", "exit"]),
        ("bgpd", ["route-map OTHER permit 5", "match tag 7", "exit", "router bgp 65001", "address-family ipv4 unicast", "neighbor 10.30.0.2 route-map OTHER in", "end"]),
        ("bgpd", ["router bgp 65001", "neighbor 10.30.0.2 remote-as 65099", "neighbor 10.30.0.2 description hand-made", "neighbor 10.30.0.2 shutdown", "neighbor 10.30.0.2 timers 3 9", "end"]),
        ("bgpd", ["router bgp 65001", "neighbor 10.77.0.1 remote-as 65077", "address-family ipv4 unicast", "neighbor 10.77.0.1 activate", "neighbor 10.77.0.1 weight 5", "end"]),
        ("bgpd", ["router bgp 65001", "no neighbor 10.31.0.2", "end"]),
        ("bgpd", ["router bgp 65001", "bgp router-id 9.9.9.9", "no bgp log-neighbor-changes", "bgp default ipv4-unicast", "end"]),
        ("bgpd", ["router bgp 65001", "address-family ipv4 unicast", "no network 10.42.20.0/24", "network 192.0.2.0/24", "redistribute connected", "no redistribute ospf", "maximum-paths 8", "end"]),
        ("bgpd", ["router bgp 65001", "address-family ipv6 unicast", "neighbor 10.30.0.2 activate", "network 2001:db8::/32", "end"]),
        ("bgpd", ["no router bgp 65001"]),
        ("bgpd", ["bgp route-map delay-timer 0"]),
        ("bgpd", ["hostname elsewhere"]),
        ("ospfd", ["interface tnc0", "ip ospf cost 77", "no ip ospf area 0", "exit"]),
        ("ospfd", ["interface eth9", "ip ospf area 0", "exit"]),
        ("ospfd", ["interface tnc0", "ip ospf network point-to-point", "exit"]),
        ("ospfd", ["interface tnc0", "no ip ospf area 0", "exit", "router ospf", "network 10.0.0.0/8 area 3", "redistribute static", "no redistribute connected", "end"]),
        ("ospfd", ["router ospf", "ospf router-id 9.9.9.9", "no default-information originate", "no passive-interface default", "end"]),
        ("ospfd", ["no ip prefix-list MEDUZA-OSPF-LANS", "no route-map MEDUZA-CONNECTED-TO-OSPF"]),
        ("ospfd", ["no router ospf"]),
    ];

    // That they run it when they read it from their files at a start is tested with the golden cases.
    [Fact]
    public void Daemons_that_got_deltas_run_the_desired_text_and_nothing_else()
    {
        var keys = Fleet.Keys;
        var state = keys.Render("gw-b", Sandbox.Machine);
        using var running = Start(state);
        AssertRuns("started", running, state);
        foreach (var (name, change) in Changes)
        {
            var before = state;
            keys = change(keys);
            state = keys.Render("gw-b", Sandbox.Machine);
            foreach (var config in state.Frr)
                Tell(running, config.Daemon, FrrDelta.Compute(before.Frr.Single(frr => frr.Daemon == config.Daemon).Config, config.Config));
            AssertRuns(name, running, state);
        }
    }

    [Fact]
    public void What_somebody_else_told_a_daemon_is_taken_back_and_nothing_else_is_said()
    {
        var state = SecondPeer(Fleet.Keys).Render("gw-b", Sandbox.Machine);
        using var running = Start(state);
        foreach (var (daemon, lines) in Drifts)
        {
            var config = state.Frr.Single(frr => frr.Daemon == daemon);
            Tell(running, daemon, lines.Select(line => new FrrCommand(line, MayFail: false)));
            var drifted = Vty.ReadBack(running, config);
            Assert.NotNull(FrrReadback.Difference(drifted, config.Config));

            var delta = FrrDelta.Compute(drifted, config.Config);
            Assert.NotEmpty(delta);
            Tell(running, daemon, delta);
            AssertRuns(string.Join("; ", lines), running, state);
        }
    }

    [Fact]
    public void Static_routes_of_somebody_else_are_taken_back()
    {
        var state = Fleet.Keys.With("/global/bgp/edge_broadcast", "10.42.0.0/16").Render("gw-b", Sandbox.Machine);
        using var running = Start(state);
        var config = state.Frr.Single(frr => frr.Daemon == (Sandbox.Machine.FrrHasMgmtd ? "mgmtd" : "staticd"));
        Tell(running, config.Daemon, [new("no ip route 10.42.0.0/16 blackhole 250", false), new("ip route 10.43.0.0/16 blackhole", false)]);

        // mgmtd can be locked by what it does at its own start, and then drops a line: it is told again in the next turn.
        for (var turn = 0; turn < 3 && Vty.ReadBack(running, config) is var runs && runs != config.Config; turn++)
            Tell(running, config.Daemon, FrrDelta.Compute(runs, config.Config));

        AssertRuns("static routes", running, state);
    }

    private static void Tell(Sandbox machine, string daemon, IEnumerable<FrrCommand> commands)
    {
        using var vty = new Vty(machine.HostPath($"/run/frr/{daemon}.vty"));
        vty.Apply(commands);
    }

    private static Sandbox Start(DesiredState state)
    {
        var sandbox = new Sandbox();
        sandbox.LayDown(state);
        foreach (var service in state.Services.Where(service => service.Component == "frr"))
            sandbox.StartService(service);
        return sandbox;
    }

    /// <summary>What is read back is the desired text itself, whatever the release shows.</summary>
    private static void AssertRuns(string name, Sandbox machine, DesiredState state)
    {
        foreach (var config in state.Frr)
        {
            var running = Vty.ReadBack(machine, config);
            Assert.True(ReferenceEquals(config.Config, running), $"after: {name}\n{config.Daemon}: {FrrReadback.Difference(running, config.Config)}\n{running}");
        }
    }
}
