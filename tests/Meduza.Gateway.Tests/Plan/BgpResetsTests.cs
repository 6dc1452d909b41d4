using System.Collections.Immutable;
using Meduza.Gateway.Plan;

namespace Meduza.Gateway.Tests.Plan;

public sealed class BgpResetsTests
{
    private static readonly KeySet Keys = Fleet.Keys
        .With("/nodes/gw-b/openvpn/spare/", ("enable", "true"), ("dev", "tun1"), ("proto", "udp"), ("port", "1196"), ("remote", "192.0.2.4"),
            ("ifconfig", "10.31.0.1 10.31.0.2"), ("secret", Material.Of("static.key")), ("bgp/peer_asn", "65003"), ("bgp/peer_ip", "10.31.0.2"));

    private const string Office = "10.30.0.2", Spare = "10.31.0.2";

    [Fact]
    public void Nothing_to_do_resets_nothing() => Assert.Empty(Resets(Keys));

    [Theory]
    [InlineData("/global/bgp/filter/in", "deny 10.0.0.0/8 le 32")]
    [InlineData("/nodes/gw-b/lan", "10.42.21.0/24")]
    [InlineData("/nodes/gw-b/openvpn/office/bgp/weight", "7")]
    [InlineData("/nodes/gw-b/openvpn/office/bgp/no_transit", "true")]
    [InlineData("/dns/hosts/a.b", "10.0.0.1")]
    public void What_is_not_the_sessions_own_resets_none(string key, string value) => Assert.Empty(Resets(Keys.With(key, value)));

    [Theory]
    [InlineData("/nodes/gw-b/openvpn/office/bgp/peer_asn", "65009")]
    [InlineData("/nodes/gw-b/openvpn/office/bgp/peer_ip", "10.30.0.9")]
    [InlineData("/nodes/gw-b/openvpn/office/bgp/update_source", "10.30.0.1")]
    [InlineData("/nodes/gw-b/openvpn/office/bgp/enable", "false")]
    public void What_is_one_neighbours_resets_that_one(string key, string value) => Assert.Equal([Office], Resets(Keys.With(key, value)));

    [Theory]
    [InlineData("/nodes/gw-b/bgp/asn", "65111")]
    [InlineData("/nodes/gw-b/bgp/router_id", "10.20.0.99")]
    [InlineData("/nodes/gw-b/bgp/enable", "false")]
    public void What_is_the_instances_resets_all(string key, string value) => Assert.Equal([Office, Spare], Resets(Keys.With(key, value)));

    [Fact]
    public void A_daemon_that_does_not_say_what_it_runs_is_told_nothing_and_resets_nothing()
    {
        var now = Keys.Render("gw-b");
        var observed = Machines.After(now);
        observed = observed with { Frr = observed.Frr.SetItem("bgpd", new("") { Problem = "it is busy" }) };

        var changes = Planner.Plan(now, observed);

        var change = Assert.Single(changes.Frr);
        Assert.Empty(change.Commands);
        Assert.Equal(("bgpd", "it is busy"), (change.Daemon, change.Problem));
        Assert.Empty(BgpResets.Of(changes, observed));
    }

    private static ImmutableArray<string> Resets(KeySet next)
    {
        var observed = Machines.After(Keys.Render("gw-b"));
        return BgpResets.Of(Planner.Plan(next.Render("gw-b"), observed), observed);
    }
}
