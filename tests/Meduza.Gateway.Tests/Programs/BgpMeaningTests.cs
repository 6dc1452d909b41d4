using System.Text.Json;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Tests.Programs;

/// <summary>
/// What the rendered policies mean, on real routers: gw-b between two external peers, 65002 on tun0 and 65003 on tun1
/// (cables instead of tunnels: bgpd sees no difference).
/// </summary>
[Trait("FRR", "any")]
public sealed class BgpMeaningTests : IDisposable
{
    private readonly Sandbox _gateway = new();
    private readonly Sandbox _left = new();
    private readonly Sandbox _right = new();

    private const string Left = "/nodes/gw-b/openvpn/office/bgp/";
    private const string Right = "/nodes/gw-b/openvpn/backup/bgp/";

    private static KeySet Keys { get; } = Fleet.Keys
        .With("/nodes/gw-b/openvpn/backup/",
            ("enable", "true"), ("dev", "tun1"), ("port", "1196"), ("ifconfig", "10.31.0.1 10.31.0.2"), ("secret", Material.Of("static.key")),
            ("bgp/peer_asn", "65003"), ("bgp/peer_ip", "10.31.0.2"));

    public BgpMeaningTests()
    {
        _gateway.Connect("tun0", "10.30.0.1/24", _left, "eth0", "10.30.0.2/24");
        _gateway.Connect("tun1", "10.31.0.1/24", _right, "eth0", "10.31.0.2/24");
        // The LAN and the private LAN, connected.
        _gateway.Run("ip", "link", "add", "lan0", "type", "veth", "peer", "name", "lan1");
        _gateway.Run("ip", "address", "add", "10.42.20.1/24", "dev", "lan0");
        _gateway.Run("ip", "address", "add", "10.99.20.1/24", "dev", "lan0");
        foreach (var device in (string[])["lan0", "lan1"])
            _gateway.Run("ip", "link", "set", device, "up");
    }

    public void Dispose()
    {
        _gateway.Dispose();
        _left.Dispose();
        _right.Dispose();
    }

    [Fact]
    public void No_transit_accepts_paths_of_one_and_two_and_the_global_filter_holds_all_the_same()
    {
        Start(Keys.With(Left + "no_transit", "true").With("/global/bgp/filter/in", "deny 172.16.9.0/24\npermit 0.0.0.0/0 ge 1 le 32"));
        ForeignRouter.Start(_left, 65002, "10.30.0.2", "10.30.0.1",
            new Announced("172.16.1.0/24", ""), new Announced("172.16.2.0/24", "65100"), new Announced("172.16.3.0/24", "65100 65101"), new Announced("172.16.4.0/24", "65002 65002"),
            new Announced("172.16.9.0/24", ""), new Announced("0.0.0.0/0", ""));
        Eventually(_gateway, routes => routes.Contains("172.16.1.0/24") && routes.Contains("172.16.2.0/24"));
        var routes = ForeignRouter.Routes(_gateway);
        Assert.DoesNotContain("172.16.3.0/24", routes);
        Assert.DoesNotContain("172.16.4.0/24", routes);
        Assert.DoesNotContain("172.16.9.0/24", routes);
        Assert.DoesNotContain("0.0.0.0/0", routes);
    }

    [Fact]
    public void Private_lans_and_the_mark_never_leave_and_a_peers_own_communities_survive()
    {
        Start(Keys);
        ForeignRouter.Start(_left, 65002, "10.30.0.2", "10.30.0.1", new Announced("172.16.1.0/24", ""), new Announced("10.99.10.128/25", ""));
        ForeignRouter.Start(_right, 65003, "10.31.0.2", "10.31.0.1");
        Eventually(_right, routes => routes.Contains("10.42.20.0/24") && routes.Contains("172.16.1.0/24"));
        var routes = ForeignRouter.Routes(_right);
        Assert.DoesNotContain(routes, route => route.StartsWith("10.99.", StringComparison.Ordinal));
        var there = _right.Vtysh("-c", "show bgp ipv4 unicast 172.16.1.0/24");
        Assert.Contains("65002:77", there, StringComparison.Ordinal);
        Assert.DoesNotContain("9999", there, StringComparison.Ordinal);
        Assert.Contains("0:9999", _gateway.Vtysh("-c", "show bgp ipv4 unicast 172.16.1.0/24"), StringComparison.Ordinal);
    }

    [Fact]
    public void No_forward_hides_other_peers_routes_and_shows_the_own_ones()
    {
        Start(Keys.With(Right + "no_forward", "true"));
        ForeignRouter.Start(_left, 65002, "10.30.0.2", "10.30.0.1", new Announced("172.16.1.0/24", ""));
        ForeignRouter.Start(_right, 65003, "10.31.0.2", "10.31.0.1", new Announced("172.17.1.0/24", ""));
        // The other way round nothing is held back, so what the left one sees tells that all has been said.
        Eventually(_left, routes => routes.Contains("172.17.1.0/24") && routes.Contains("10.42.20.0/24"));
        Eventually(_right, routes => routes.Contains("10.42.20.0/24"));
        Assert.DoesNotContain("172.16.1.0/24", ForeignRouter.Routes(_right));
    }

    [Fact]
    public void Ospf_announces_both_kinds_of_lans_and_what_bgp_learned_with_the_tag()
    {
        _gateway.Run("ip", "route", "add", "default", "via", "10.30.0.9");
        Start(Keys);
        ForeignRouter.Start(_left, 65002, "10.30.0.2", "10.30.0.1", new Announced("172.16.1.0/24", ""));
        OspfEventually("10.42.20.0 tag 0", "10.99.20.0 tag 0", "172.16.1.0 tag 65000");
    }

    [Fact]
    public void Default_route_of_bgp_goes_into_ospf_where_the_filter_takes_it_and_alone_where_asked()
    {
        var keys = Keys.With("/global/bgp/filter/in", "permit 0.0.0.0/0 le 32");
        var before = Start(keys);
        ForeignRouter.Start(_left, 65002, "10.30.0.2", "10.30.0.1", new Announced("172.16.1.0/24", ""), new Announced("0.0.0.0/0", ""));
        OspfEventually("0.0.0.0 tag 65000", "10.42.20.0 tag 0", "10.99.20.0 tag 0", "172.16.1.0 tag 65000");

        Apply(before, keys.With("/nodes/gw-b/bgp/to_ospf/default_only", "true"), "ospfd");
        OspfEventually("0.0.0.0 tag 65000", "10.42.20.0 tag 0", "10.99.20.0 tag 0");
    }

    [Fact]
    public void A_set_in_a_path_counts_one()
    {
        Start(Keys.With(Left + "no_transit", "true"));
        ForeignRouter.Start(_left, 65002, "10.30.0.2", "10.30.0.1",
            new Announced("172.20.1.0/24", "65041"), new Announced("172.20.2.0/24", "65042"), new Announced("172.20.0.0/16", "") { IsSet = true },
            new Announced("172.21.1.0/24", "65010 65031"), new Announced("172.21.2.0/24", "65010 65032"), new Announced("172.21.0.0/16", "") { IsSet = true },
            new Announced("172.16.1.0/24", ""));
        Eventually(_gateway, routes => routes.Contains("172.20.0.0/16") && routes.Contains("172.16.1.0/24"));
        Assert.Contains("65002 {65041,65042}", _gateway.Vtysh("-c", "show bgp ipv4 unicast 172.20.0.0/16"), StringComparison.Ordinal);
        Assert.DoesNotContain("172.21.0.0/16", ForeignRouter.Routes(_gateway));
    }

    [Fact]
    public void A_changed_filter_takes_effect_by_route_refresh_and_no_session_starts_anew()
    {
        var before = Start(Keys);
        ForeignRouter.Start(_left, 65002, "10.30.0.2", "10.30.0.1", new Announced("172.16.1.0/24", ""), new Announced("172.16.2.0/24", ""));
        ForeignRouter.Start(_right, 65003, "10.31.0.2", "10.31.0.1");
        Eventually(_right, routes => routes.Contains("172.16.1.0/24") && routes.Contains("172.16.2.0/24"));
        var sessions = Sessions();

        Apply(before, Keys.With("/global/bgp/filter/in", "deny 172.16.2.0/24\npermit 0.0.0.0/0 ge 1 le 32"));
        Eventually(_right, routes => !routes.Contains("172.16.2.0/24"));
        Assert.Contains("172.16.1.0/24", ForeignRouter.Routes(_right));
        AssertGoOn(sessions);
        Assert.All(Sessions(), session => Assert.True(session.Value.Refreshes > sessions[session.Key].Refreshes));
    }

    [Fact]
    public void Five_hundred_changes_that_do_not_concern_a_neighbour_leave_its_session_alone()
    {
        const string Third = "/nodes/gw-b/openvpn/third/";
        var state = Start(Keys);
        ForeignRouter.Start(_left, 65002, "10.30.0.2", "10.30.0.1", new Announced("172.16.1.0/24", ""));
        ForeignRouter.Start(_right, 65003, "10.31.0.2", "10.31.0.1");
        Sandbox.Eventually(() => Sessions().Count == 2, () => _gateway.Service("bgpd").Text);
        Eventually(_right, routes => routes.Contains("172.16.1.0/24"));
        var sessions = Sessions();
        using var vty = new Vty(_gateway.HostPath("/run/frr/bgpd.vty"));
        for (var i = 0; i < 500; i++)
        {
            // One thing at a time, so that each comes on top of several others.
            var keys = (i / 7 % 2 == 0 ? Keys : Keys.With(Left + "no_transit", "true").With(Right + "no_forward", "true"))
                .With("/nodes/gw-b/lan", $"10.42.{i / 5 % 200}.0/24\n10.42.20.0/24")
                .With("/global/bgp/filter/out", i / 3 % 2 == 0 ? "permit 0.0.0.0/0 le 32" : $"deny 192.168.{i / 3 % 200}.0/24\npermit 0.0.0.0/0 le 24")
                .With("/nodes/gw-a/private_lan", $"10.99.{i % 100}.0/24");
            if (i / 11 % 2 == 1)
                keys = keys.With(Third, ("enable", "true"), ("dev", "tun2"), ("port", "1197"), ("ifconfig", "10.32.0.1 10.32.0.2"), ("secret", Material.Of("static.key")), ("bgp/peer_asn", $"{65100 + (i / 2 % 5)}"), ("bgp/peer_ip", "10.32.0.2"), ("bgp/weight", $"{i % 50}"));
            var now = keys.Render("gw-b", Sandbox.Machine);
            var (running, desired) = (Text(state), Text(now));
            vty.Apply(FrrDelta.Compute(running, desired));
            var shown = FrrReadback.Read(vty.Execute("show running-config").Text, desired);
            Assert.True(ReferenceEquals(desired, shown), $"after change {i}: {FrrReadback.Difference(shown, desired)}");
            state = now;
        }
        AssertGoOn(sessions);
    }

    private DesiredState Start(KeySet keys)
    {
        var state = keys.Render("gw-b", Sandbox.Machine);
        _gateway.LayDown(state);
        foreach (var service in state.Services.Where(service => service.Component == "frr"))
            _gateway.StartService(service);
        return state;
    }

    private DesiredState Apply(DesiredState before, KeySet keys, string daemon = "bgpd")
    {
        var after = keys.Render("gw-b", Sandbox.Machine);
        using var vty = new Vty(_gateway.HostPath($"/run/frr/{daemon}.vty"));
        vty.Apply(FrrDelta.Compute(Text(before, daemon), Text(after, daemon)));
        return after;
    }

    private static string Text(DesiredState state, string daemon = "bgpd") => state.Frr.Single(frr => frr.Daemon == daemon).Config;

    /// <summary>Waits until the gateway announces just these networks as external ones.</summary>
    private void OspfEventually(params string[] expected) =>
        Sandbox.Eventually(() => OspfExternals().SequenceEqual(expected), () => string.Join('\n', OspfExternals()));

    private IEnumerable<string> OspfExternals()
    {
        var lines = _gateway.Vtysh("-c", "show ip ospf database external self-originate").Split('\n').Select(line => line.Trim());
        string? id = null;
        var age = "";
        List<string> found = [];
        foreach (var line in lines)
        {
            if (line.StartsWith("LS age: ", StringComparison.Ordinal))
                age = line;
            else if (line.StartsWith("Link State ID: ", StringComparison.Ordinal))
                id = line.Split(' ')[3];
            // What was withdrawn stays in the database for a while, at the age of its end (RFC 2328, MaxAge).
            else if (line.StartsWith("External Route Tag: ", StringComparison.Ordinal) && age != "LS age: 3600")
                found.Add($"{id} tag {line.Split(' ')[3]}");
        }
        return found.Order(StringComparer.Ordinal);
    }

    private static void Eventually(Sandbox machine, Func<IReadOnlyCollection<string>, bool> condition) =>
        Sandbox.Eventually(() => condition(ForeignRouter.Routes(machine)), () => string.Join('\n', ForeignRouter.Routes(machine)));

    private void AssertGoOn(Dictionary<string, Session> before)
    {
        var now = Sessions();
        foreach (var (neighbor, session) in before)
            Assert.True(now.TryGetValue(neighbor, out var after) && after.GoesOnFrom(session), $"{neighbor}: {session} → {after}");
    }

    /// <summary>The sessions that are up, by neighbour.</summary>
    private Dictionary<string, Session> Sessions()
    {
        using var answer = JsonDocument.Parse(_gateway.Vtysh("-c", "show bgp neighbors json"));
        return answer.RootElement.EnumerateObject()
            .Where(neighbor => neighbor.Value.TryGetProperty("bgpState", out var state) && state.GetString() == "Established")
            .ToDictionary(neighbor => neighbor.Name, neighbor => Session.Of(neighbor.Value), StringComparer.Ordinal);
    }

    /// <summary>What bgpd counts of one session.</summary>
    /// <param name="Since">When it began, in seconds since 1970, give or take one.</param>
    /// <param name="Refreshes">Requests to send all routes again (RFC 2918).</param>
    private sealed record Session(long Since, int Established, int Dropped, int Opens, int Notifications, int Refreshes)
    {
        public static Session Of(JsonElement neighbor)
        {
            var counts = neighbor.GetProperty("messageStats");
            int Count(string name) => counts.GetProperty(name).GetInt32();
            return new(
                neighbor.GetProperty("bgpTimerUpEstablishedEpoch").GetInt64(), neighbor.GetProperty("connectionsEstablished").GetInt32(),
                neighbor.GetProperty("connectionsDropped").GetInt32(), Count("opensSent") + Count("opensRecv"),
                Count("notificationsSent") + Count("notificationsRecv"), Count("routeRefreshSent"));
        }

        public bool GoesOnFrom(Session before) =>
            Math.Abs(Since - before.Since) <= 1 && this with { Since = 0, Refreshes = 0 } == before with { Since = 0, Refreshes = 0 };
    }
}
