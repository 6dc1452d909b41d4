using System.Text.Json.Nodes;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Routing;

/// <summary>What the keys of BGP and OSPF mean, on the guide's own example, see <see cref="GuideNetwork.Picture"/>. One network, and OSPF's part late, since it takes forty seconds to elect a designated router.</summary>
public sealed class BgpMeaningTests : IDisposable
{
    private const string OwnOfB = "172.20.1.0/24", OwnOfA = "172.20.2.0/24", CustomersOfA = "172.20.3.0/24", OwnOfD = "172.24.1.0/24";
    private static readonly string[] Both = ["10.254.2.2", "10.254.4.2"];

    // C's own, and with those that come by OSPF or iBGP.
    private static readonly string[] OwnOfC = ["10.1.0.0/24"], AllLans = ["10.1.0.0/24", "10.2.0.0/24", "10.3.0.0/24", "10.50.0.0/24"];

    private readonly GuideNetwork _network = GuideNetwork.Start();

    public void Dispose() => _network.Dispose();

    [Fact]
    public void The_keys_mean_what_the_guide_says()
    {
        Eventually("B and D are there", () => Sessions().Keys.ToHashSet().IsSupersetOf(Both));
        No_transit_takes_paths_of_one_and_two_a_set_counting_one_and_denies_three();
        What_is_outside_sees_lans_and_neither_private_ones_nor_the_mark(seesD: true, OwnOfC);
        var sessions = Sessions();

        _network.Commit("both", ($"{GuideNetwork.ToB}/no_forward", "true"));
        Eventually("B sees nothing of D's", () => !_network.B.Routes().ContainsKey(OwnOfD));
        No_transit_takes_paths_of_one_and_two_a_set_counting_one_and_denies_three();
        What_is_outside_sees_lans_and_neither_private_ones_nor_the_mark(seesD: false, OwnOfC);

        _network.Commit("no_forward alone", ($"{GuideNetwork.ToB}/no_transit", "false"));
        Eventually("paths of three are taken", () => Routes().ContainsKey(CustomersOfA) && Routes().ContainsKey("172.21.0.0/16"));
        Assert.Equal("65002 65010 {65031,65032}", Routes()["172.21.0.0/16"]);
        The_global_filters_hold();

        // What was said to one neighbour has reset neither.
        AssertGoOn(sessions);
        A_changed_filter_takes_effect_by_a_soft_refresh();
        AssertGoOn(sessions);

        Ospf_is_one_area_with_both_kinds_of_lans_and_gives_bgp_nothing_back();
        What_is_outside_sees_lans_and_neither_private_ones_nor_the_mark(seesD: false, AllLans);

        _network.Commit("bgp inside", ("/global/internal_routing_system", "bgp"));
        Ibgp_brings_private_lans_and_not_the_mark_and_filters_hold_for_it_too();
        What_is_outside_sees_lans_and_neither_private_ones_nor_the_mark(seesD: false, AllLans);
        A_roaming_node_is_the_way_only_when_the_static_one_is_gone();
        AssertGoOn(sessions);
    }

    private void No_transit_takes_paths_of_one_and_two_a_set_counting_one_and_denies_three()
    {
        Eventually("all that is to come has come", () => Routes().Keys.ToHashSet().IsSupersetOf([OwnOfB, OwnOfA, "172.20.4.0/24", "172.22.0.0/16", OwnOfD, "172.24.3.0/24"]));
        var routes = Routes();
        Assert.Equal(
            ("65002", "65002 65010", "65002 65002", "65002 {65041,65042}"), (routes[OwnOfB], routes[OwnOfA], routes["172.20.4.0/24"], routes["172.22.0.0/16"]));
        // A customer of A's, prepended ones, and a set behind two.
        foreach (var denied in (string[])[CustomersOfA, "172.20.5.0/24", "172.21.0.0/16"])
            Assert.DoesNotContain(denied, routes);
        Assert.Equal("65004 65060 65061", routes["172.24.3.0/24"]);
        The_global_filters_hold();
    }

    private void The_global_filters_hold()
    {
        foreach (var denied in (string[])["0.0.0.0/0", "172.31.2.0/24", "172.31.4.0/24"])
            Assert.DoesNotContain(denied, Routes());
        foreach (var other in (ForeignRouter[])[_network.B, _network.D])
            Assert.DoesNotContain("10.1.9.0/24", other.Routes());
    }

    private void Ospf_is_one_area_with_both_kinds_of_lans_and_gives_bgp_nothing_back()
    {
        Eventually("OSPF has elected", () => Kernel(_network.C).Contains("10.2.0.0/24", StringComparison.Ordinal) && Kernel(_network.C).Contains("10.3.0.0/24", StringComparison.Ordinal));
        var neighbors = JsonNode.Parse(GuideNetwork.Vtysh(_network.C, "show ip ospf neighbor json"))!["neighbors"]!.AsObject();
        Assert.Equal(["10.255.0.2", "10.255.0.3"], neighbors.Select(neighbor => neighbor.Key).Order(StringComparer.Ordinal));
        Assert.Equal(["0.0.0.0"], JsonNode.Parse(GuideNetwork.Vtysh(_network.C, "show ip ospf json"))!["areas"]!.AsObject().Select(area => area.Key));
        Eventually("gw-e has all by OSPF", () => ((string[])["10.1.0.0/24", "10.99.1.0/24", "10.3.0.0/24", OwnOfB, OwnOfA, OwnOfD])
            .All(prefix => Kernel(_network.E).Split('\n').Any(route => route.StartsWith(prefix, StringComparison.Ordinal) && route.Contains("proto ospf", StringComparison.Ordinal))));
        Assert.Contains("10.99.2.0/24", Kernel(_network.C), StringComparison.Ordinal);
        // gw-e takes OSPF's LANs into its own BGP, and nothing that was in BGP before.
        var routes = GuideNetwork.Routes(_network.E);
        Assert.Contains("10.1.0.0/24", routes);
        Assert.DoesNotContain(routes.Keys, prefix => prefix.StartsWith("172.", StringComparison.Ordinal) || prefix.StartsWith("10.99.", StringComparison.Ordinal));
    }

    private void What_is_outside_sees_lans_and_neither_private_ones_nor_the_mark(bool seesD, string[] lans)
    {
        Eventually("both see the LANs", () => _network.B.Routes().Keys.ToHashSet().IsSupersetOf(lans) && _network.D.Routes().Keys.ToHashSet().IsSupersetOf([.. lans, OwnOfB]));
        Assert.Equal(seesD, _network.B.Routes().ContainsKey(OwnOfD));
        foreach (var other in (ForeignRouter[])[_network.A, _network.B, _network.D])
        {
            Assert.DoesNotContain(other.Routes().Keys, prefix => prefix.StartsWith("10.99.", StringComparison.Ordinal));
            Assert.DoesNotContain("/24", other.Vtysh("show bgp ipv4 unicast community 0:9999"), StringComparison.Ordinal);
        }
        Assert.Contains("65002:77", _network.D.Vtysh($"show bgp ipv4 unicast {OwnOfB}"), StringComparison.Ordinal);
        Assert.Contains("0:9999", GuideNetwork.Vtysh(_network.C, $"show bgp ipv4 unicast {OwnOfB}"), StringComparison.Ordinal);
    }

    private void A_changed_filter_takes_effect_by_a_soft_refresh()
    {
        var before = Sessions();
        _network.Commit("filter", ("/global/bgp/filter/in", $"deny 0.0.0.0/0\ndeny 172.31.0.0/16 le 32\ndeny {OwnOfB}\npermit 0.0.0.0/0 le 32"));
        Eventually("B's network is denied", () => !Routes().ContainsKey(OwnOfB) && Routes().ContainsKey(OwnOfA));
        var after = Sessions();
        foreach (var peer in Both)
            Assert.True(after[peer].Refreshes > before[peer].Refreshes, $"{peer}: {before[peer]} → {after[peer]}");
        _network.Commit("as before", ("/global/bgp/filter/in", "deny 0.0.0.0/0\ndeny 172.31.0.0/16 le 32\npermit 0.0.0.0/0 le 32"));
        Eventually("B's network is taken again", () => Routes().ContainsKey(OwnOfB));
    }

    private void Ibgp_brings_private_lans_and_not_the_mark_and_filters_hold_for_it_too()
    {
        Eventually("LANs of both kinds, and what B and D announce, go by iBGP", () => Routes().Keys.ToHashSet().IsSupersetOf([.. AllLans, "10.99.2.0/24"])
            && GuideNetwork.Routes(_network.E).Keys.ToHashSet().IsSupersetOf(["10.99.1.0/24", OwnOfB, OwnOfD]));
        Assert.DoesNotContain("10.1.9.0/24", GuideNetwork.Routes(_network.E));
        Assert.DoesNotContain("/24", GuideNetwork.Vtysh(_network.E, "show bgp ipv4 unicast community 0:9999"), StringComparison.Ordinal);
    }

    private void A_roaming_node_is_the_way_only_when_the_static_one_is_gone()
    {
        const string Shared = "10.50.0.0/24";
        Eventually("both nodes announce it, and the static one is the way", () =>
            GuideNetwork.Vtysh(_network.C, $"show bgp ipv4 unicast {Shared}").Contains("localpref 50", StringComparison.Ordinal) && IsVia(Shared, "10.255.0.2"));
        _network.E.Init.Stop();
        Eventually("the roaming node is the way", () => IsVia(Shared, "10.255.0.3"));
    }

    private bool IsVia(string prefix, string gateway) =>
        Kernel(_network.C).Split('\n').Any(route => route.StartsWith($"{prefix} ", StringComparison.Ordinal) && route.Contains($"via {gateway} ", StringComparison.Ordinal));

    private IReadOnlyDictionary<string, string> Routes() => GuideNetwork.Routes(_network.C);

    private static string Kernel(Gateway gateway) => gateway.Network.Run("ip", "route", "show").Output;

    private void AssertGoOn(Dictionary<string, Session> before)
    {
        var now = Sessions();
        foreach (var peer in Both)
            Assert.True(now[peer].GoesOnFrom(before[peer]), $"{peer}: {before[peer]} → {now[peer]}");
    }

    /// <summary>gw-c's sessions that are established, by the neighbour's address.</summary>
    private Dictionary<string, Session> Sessions() =>
        JsonNode.Parse(GuideNetwork.Vtysh(_network.C, "show bgp neighbors json"))!.AsObject()
            .Where(neighbor => neighbor.Value is JsonObject && (string?)neighbor.Value["bgpState"] == "Established")
            .ToDictionary(neighbor => neighbor.Key, neighbor => Session.Of(neighbor.Value!), StringComparer.Ordinal);

    private void Eventually(string what, Func<bool> condition) => _network.C.Init.WaitUntil(condition, what, TimeSpan.FromSeconds(120));
}

/// <summary>What bgpd counts of one session.</summary>
/// <param name="Since">When it began, seconds since 1970, give or take one.</param>
/// <param name="Refreshes">Requests to send all routes again, RFC 2918.</param>
public sealed record Session(long Since, int Established, int Dropped, int Opens, int Notifications, int Refreshes)
{
    public static Session Of(JsonNode neighbor)
    {
        ArgumentNullException.ThrowIfNull(neighbor);
        var counts = neighbor["messageStats"]!;
        return new(
            (long)neighbor["bgpTimerUpEstablishedEpoch"]!, (int)neighbor["connectionsEstablished"]!, (int)neighbor["connectionsDropped"]!,
            (int)counts["opensSent"]! + (int)counts["opensRecv"]!, (int)counts["notificationsSent"]! + (int)counts["notificationsRecv"]!,
            (int)counts["routeRefreshSent"]!);
    }

    public bool GoesOnFrom(Session before)
    {
        ArgumentNullException.ThrowIfNull(before);
        return Math.Abs(Since - before.Since) <= 1 && this with { Since = 0, Refreshes = 0 } == before with { Since = 0, Refreshes = 0 };
    }
}
