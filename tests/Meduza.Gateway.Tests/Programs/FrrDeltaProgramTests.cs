using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Tests.Programs;

/// <summary>
/// A delta, sent to the real daemons, must leave them running what they would run had they started with the new text.
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

    [Fact]
    public void Daemons_that_got_deltas_run_what_daemons_run_that_were_started_anew()
    {
        using var running = Start(Fleet.Keys.Render("gw-b", Sandbox.Machine));
        var keys = Fleet.Keys;
        foreach (var (name, change) in Changes)
        {
            var before = keys.Render("gw-b", Sandbox.Machine);
            keys = change(keys);
            var after = keys.Render("gw-b", Sandbox.Machine);
            foreach (var config in after.Frr)
            {
                var old = before.Frr.Single(frr => frr.Daemon == config.Daemon).Config;
                using var vty = new Vty(running.HostPath($"/run/frr/{config.Daemon}.vty"));
                vty.Apply(FrrDelta.Compute(old, config.Config, certain: true));
            }
            using var fresh = Start(after);
            AssertSame(name, fresh, running, after);
        }
    }

    [Fact]
    public void Daemons_that_ran_something_else_run_the_desired_text_after_an_uncertain_delta()
    {
        var desired = SecondPeer(Fleet.Keys).With(Bgp + "no_transit", "true").Render("gw-b", Sandbox.Machine);
        using var fresh = Start(desired);
        // What is believed, and what they run: they were started with the desired text already, or with the one before.
        foreach (var actual in new[] { Fleet.Keys.Render("gw-b", Sandbox.Machine), desired })
        {
            using var running = Start(actual);
            foreach (var config in desired.Frr)
            {
                using var vty = new Vty(running.HostPath($"/run/frr/{config.Daemon}.vty"));
                var believed = Fleet.Keys.Render("gw-b", Sandbox.Machine).Frr.Single(frr => frr.Daemon == config.Daemon).Config;
                vty.Apply(FrrDelta.Compute(believed, config.Config, certain: false));
            }
            AssertSame("uncertain", fresh, running, desired);
        }
    }

    private static Sandbox Start(DesiredState state)
    {
        var sandbox = new Sandbox();
        sandbox.LayDown(state);
        foreach (var service in state.Services.Where(service => service.Component == "frr"))
            sandbox.StartService(service);
        return sandbox;
    }

    private static void AssertSame(string name, Sandbox expected, Sandbox actual, DesiredState state)
    {
        foreach (var daemon in state.Frr.Select(frr => frr.Daemon))
        {
            var (wanted, there) = (Show(expected, daemon), Show(actual, daemon));
            Assert.True(wanted.SequenceEqual(there), $"""
                after: {name}, {daemon}
                lacks: {string.Join("\n       ", wanted.Except(there))}
                has more: {string.Join("\n       ", there.Except(wanted))}
                """);
        }
    }

    private static IReadOnlyList<string> Show(Sandbox sandbox, string daemon)
    {
        using var vty = new Vty(sandbox.HostPath($"/run/frr/{daemon}.vty"));
        return RunningConfig.Flatten(vty.Execute("show running-config").Text);
    }
}
