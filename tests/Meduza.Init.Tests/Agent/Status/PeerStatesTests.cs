using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;
using Meduza.Init.Agent.Status;
using Meduza.Init.Control;

namespace Meduza.Init.Tests.Agent.Status;

public sealed class PeerStatesTests
{
    private static NeighborReport Bgp(string state) => new("bgp", "10.9.0.2", state, "") { IsUp = state == "Established" };

    [Theory]
    [InlineData("Established", "up")]
    [InlineData("Active", "connecting")]
    [InlineData("Idle", "connecting")]
    [InlineData("OpenSent", "connecting")]
    [InlineData("Idle (Admin)", "down")]
    [InlineData("Idle (PfxCt)", "down")]
    public void A_bgp_peer_is_up_connecting_while_it_is_tried_and_down_where_it_is_not(string state, string published) =>
        Assert.Equal([new("frr/bgp/10.9.0.2/status", published)], PeerStates.Of([Bgp(state)]));

    [Theory]
    [InlineData("Init/DROther", false, "connecting")]
    [InlineData("Down/DROther", false, "down")]
    [InlineData("Full/DR", true, "up")]
    public void An_ospf_neighbour_goes_by_its_router_id(string state, bool isUp, string published) =>
        Assert.Equal([new("frr/ospf/1.1.1.2/status", published)], PeerStates.Of([new("ospf", "1.1.1.2", state, "") { IsUp = isUp, Interface = "tnc0:10.0.0.1" }]));

    [Fact]
    public void One_that_is_met_on_two_devices_is_one_key_and_as_good_as_the_better_one() => Assert.Equal(
        [new("frr/ospf/1.1.1.2/status", "up")],
        PeerStates.Of([new("ospf", "1.1.1.2", "Down/DR", "") { Interface = "a" }, new("ospf", "1.1.1.2", "Full/DR", "") { IsUp = true, Interface = "b" }]));

    [Fact]
    public void A_host_of_tinc_is_up_where_it_is_reached_and_unavailable_where_nobody_can_be_asked()
    {
        TincHost[] hosts = [Host("gwb"), Host("gwc")];
        Assert.Equal([new("tinc/gwb/status", "up"), new("tinc/gwc/status", "down")], PeerStates.Of([.. hosts], new HashSet<string> { "gwa", "gwb" }));
        Assert.Equal([new("tinc/gwb/status", "unavailable"), new("tinc/gwc/status", "unavailable")], PeerStates.Of([.. hosts], null));
        Assert.Empty(PeerStates.Of([], null));
    }

    private static TincHost Host(string name) => new()
    {
        Name = TincName.TryParse(name, out var parsed) ? parsed : throw new ArgumentException(name),
        Port = Port.Of(655),
    };
}
