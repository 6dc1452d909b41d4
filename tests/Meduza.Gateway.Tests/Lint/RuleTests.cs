using Meduza.Gateway.Lint;

namespace Meduza.Gateway.Tests.Lint;

/// <summary>A rule a test: what it finds, with which keys and which remedy, and what it leaves alone.</summary>
public sealed class RuleTests
{
    [Fact]
    public void Links_fleet_is_right() => Assert.Empty(FleetLint.Check(Fleets.WireGuard.Snapshot).Findings);

    [Fact]
    public void One_overlay_address_at_two_nodes_is_an_error()
    {
        var finding = Fleets.Only(Fleets.Tinc.With("/nodes/gw-c/tinc/ipv4", "10.20.0.1/24"));
        Assert.True(finding.IsError);
        Assert.Equal(["/nodes/gw-a/tinc/ipv4", "/nodes/gw-c/tinc/ipv4"], finding.Keys);
        Assert.Contains("10.20.0.1 is the overlay address of gw-a and gw-c", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Overlay_address_in_another_network_is_a_warning()
    {
        var finding = Fleets.Only(Fleets.Tinc.With("/nodes/gw-c/tinc/ipv4", "10.21.0.3/24"));
        Assert.False(finding.IsError);
        Assert.Equal(["/nodes/gw-c/tinc/ipv4"], finding.Keys);
    }

    [Fact]
    public void One_WireGuard_address_at_two_nodes_is_an_error()
    {
        var findings = FleetLint.Check(Fleets.WireGuard.With("/nodes/gw-b/wireguard/link/address", "10.9.0.1/30\n10.9.0.2/30").Snapshot).Findings;
        Assert.Contains(findings, f => f.IsError && f.Keys.SequenceEqual(["/nodes/gw-a/wireguard/link/address", "/nodes/gw-b/wireguard/link/address"]));
    }

    [Fact]
    public void One_router_id_at_two_nodes_is_an_error()
    {
        var finding = Fleets.Only(Fleets.Tinc.With("/nodes/gw-c/ospf/router_id", "10.20.0.2"));
        Assert.True(finding.IsError);
        Assert.Equal(["/nodes/gw-b/ospf/router_id", "/nodes/gw-c/ospf/router_id"], finding.Keys);
        Assert.Contains("OSPF router id of gw-b and gw-c", finding.Message, StringComparison.Ordinal);
        Assert.Contains("BGP router id", Fleets.Only(Fleets.WireGuard.With("/nodes/gw-b/router_id", "10.20.0.1")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_tinc_name_at_two_nodes_is_an_error()
    {
        var finding = Fleets.Only(Fleets.Tinc.With("/nodes/gw-c/tinc/name", "gwa"));
        Assert.Equal((true, "/nodes/gw-a/tinc/name"), (finding.IsError, finding.Keys[0]));
    }

    [Fact]
    public void Other_tinc_mode_than_the_rest_is_an_error()
    {
        var finding = Fleets.Only(Fleets.Tinc.With("/nodes/gw-b/tinc/mode", "hub"));
        Assert.Equal((true, "/nodes/gw-b/tinc/mode"), (finding.IsError, Assert.Single(finding.Keys)));
    }

    [Fact]
    public void One_WireGuard_key_at_two_nodes_is_an_error_that_does_not_show_it()
    {
        var findings = FleetLint.Check(Fleets.WireGuard.With("/nodes/gw-b/wireguard/link/private_key", Fleets.Key(1)).Snapshot).Findings;
        Assert.Contains(findings, f => f.IsError && f.Keys.SequenceEqual(["/nodes/gw-a/wireguard/link/private_key", "/nodes/gw-b/wireguard/link/private_key"]));
        Assert.DoesNotContain(findings, f => f.Message.Contains(Fleets.Key(1), StringComparison.Ordinal));
    }

    [Fact]
    public void Peer_with_another_key_than_the_node_it_is_called_by_is_an_error()
    {
        var finding = Fleets.Only(Fleets.WireGuard.With("/nodes/gw-a/wireguard/link/peer/gw-b/public_key", Fleets.PublicKey(7)));
        Assert.True(finding.IsError);
        Assert.Equal(["/nodes/gw-a/wireguard/link/peer/gw-b/public_key", "/nodes/gw-b/wireguard/link/private_key"], finding.Keys);
    }

    [Fact]
    public void Peer_that_is_no_node_is_a_warning_and_its_own_key_an_error()
    {
        const string Key = "/nodes/gw-a/wireguard/link/peer/phone/public_key";
        Assert.False(Fleets.Only(Fleets.WireGuard.With(Key, Fleets.PublicKey(7)).With("/nodes/gw-a/wireguard/link/peer/phone/allowed_ips", "10.9.9.9/32")).IsError);
        Assert.True(Fleets.Only(Fleets.WireGuard.With(Key, Fleets.PublicKey(1)).With("/nodes/gw-a/wireguard/link/peer/phone/allowed_ips", "10.9.9.9/32")).IsError);
    }

    [Fact]
    public void Other_AS_number_than_the_other_side_has_is_an_error_that_names_both_keys()
    {
        var finding = Fleets.Only(Fleets.WireGuard.With("/nodes/gw-a/wireguard/link/bgp/peer_asn", "65099"));
        Assert.True(finding.IsError);
        Assert.Equal(["/nodes/gw-a/wireguard/link/bgp/peer_asn", "/nodes/gw-b/bgp/asn"], finding.Keys);
        Assert.Contains("is 65099, but 10.9.0.2 is gw-b, whose AS number is 65002", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BGP_that_the_other_side_does_not_speak_is_an_error_and_one_it_does_not_expect_a_warning()
    {
        Assert.True(Fleets.Only(Fleets.WireGuard.With("/nodes/gw-b/bgp/enable", "false")).IsError);
        Assert.False(Fleets.Only(Fleets.WireGuard.With("/nodes/gw-b/wireguard/link/bgp/enable", "false")).IsError);
    }

    [Fact]
    public void Two_AS_numbers_within_iBGP_are_an_error()
    {
        var bgp = Fleets.Tinc.With("/global/internal_routing_system", "bgp");
        foreach (var (node, asn) in ((string, string)[])[("gw-a", "65001"), ("gw-b", "65001"), ("gw-c", "65009")])
            bgp = bgp.With($"/nodes/{node}/", ("bgp/enable", "true"), ("bgp/asn", asn)).Without($"/nodes/{node}/ospf/enable");
        var finding = Fleets.Only(bgp);
        Assert.Equal((true, "/nodes/gw-c/bgp/asn"), (finding.IsError, finding.Keys[0]));
    }

    [Theory]
    [InlineData("10.42.10.0/24", "10.42.10.0/24 is announced by gw-a too")]
    [InlineData("10.42.10.128/25", "10.42.10.128/25 lies in 10.42.10.0/24, which is announced by gw-a too")]
    public void Network_of_two_nodes_is_a_warning(string lan, string message)
    {
        var finding = Fleets.Only(Fleets.Tinc.With("/nodes/gw-c/lan", lan));
        Assert.False(finding.IsError);
        Assert.StartsWith(message, finding.Message, StringComparison.Ordinal);
        Assert.Equal(["/nodes/gw-a/lan", "/nodes/gw-c/lan"], finding.Keys.Order());
    }

    [Fact]
    public void Overlay_without_a_member_is_a_warning()
    {
        var findings = FleetLint.Check(Fleets.Tinc.With("/global/mesh_type", "easytier").Snapshot).Findings;
        var finding = Assert.Single(findings, f => f.Keys[0] == "/global/mesh_type");
        Assert.False(finding.IsError);
        Assert.Contains("no node is a member: set easytier/enable", finding.Message, StringComparison.Ordinal);
    }
}
