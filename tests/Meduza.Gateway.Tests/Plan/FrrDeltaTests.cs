using Meduza.Gateway.Plan;

namespace Meduza.Gateway.Tests.Plan;

/// <summary>The commands of a delta and their order. That FRR takes them is tested in <c>Programs</c>.</summary>
public sealed class FrrDeltaTests
{
    private static IEnumerable<string> Delta(string running, string desired) =>
        FrrDelta.Compute(running, desired).Select(command => (command.MayFail ? "? " : "") + command.Line);

    [Fact]
    public void Same_text_needs_no_command() => Assert.Empty(Delta("hostname a\nrouter bgp 1\n bgp router-id 1.1.1.1\nexit\n", "hostname a\nrouter bgp 1\n bgp router-id 1.1.1.1\nexit\n"));

    [Fact]
    public void Changed_single_command_is_replaced_in_place() => Assert.Equal(
        ["router bgp 1", "bgp router-id 2.2.2.2", "exit"],
        Delta("router bgp 1\n bgp router-id 1.1.1.1\nexit\n", "router bgp 1\n bgp router-id 2.2.2.2\nexit\n"));

    [Fact]
    public void Entries_of_a_list_go_before_others_come() => Assert.Equal(
        ["? no ip prefix-list L seq 10 permit 10.2.0.0/16", "? no ip prefix-list L seq 5 permit 10.1.0.0/16", "ip prefix-list L seq 5 permit 10.2.0.0/16"],
        Delta("ip prefix-list L seq 5 permit 10.1.0.0/16\nip prefix-list L seq 10 permit 10.2.0.0/16\n", "ip prefix-list L seq 5 permit 10.2.0.0/16\n"));

    [Fact]
    public void Map_that_is_no_longer_used_goes_after_its_neighbor_has_another() => Assert.Equal(
        [
            "route-map NEW permit 10", "exit",
            "router bgp 1", "address-family ipv4 unicast", "neighbor 10.0.0.1 route-map NEW in", "exit-address-family", "exit",
            "? no route-map OLD permit 10",
            "bgp route-map delay-timer 0", "no bgp route-map delay-timer",
        ],
        Delta(
            "route-map OLD permit 10\nexit\nrouter bgp 1\n address-family ipv4 unicast\n  neighbor 10.0.0.1 route-map OLD in\n exit-address-family\nexit\n",
            "route-map NEW permit 10\nexit\nrouter bgp 1\n address-family ipv4 unicast\n  neighbor 10.0.0.1 route-map NEW in\n exit-address-family\nexit\n"));

    [Fact]
    public void Neighbor_is_removed_by_one_command() => Assert.Equal(
        ["? router bgp 1", "? no neighbor 10.0.0.2", "? exit"],
        Delta(
            "router bgp 1\n neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.2 remote-as 3\n neighbor 10.0.0.2 description x\n address-family ipv4 unicast\n  neighbor 10.0.0.1 activate\n  neighbor 10.0.0.2 activate\n exit-address-family\nexit\n",
            "router bgp 1\n neighbor 10.0.0.1 remote-as 2\n address-family ipv4 unicast\n  neighbor 10.0.0.1 activate\n exit-address-family\nexit\n"));

    [Fact]
    public void Another_as_is_another_router() => Assert.Equal(
        ["? no router bgp 1", "router bgp 2", "bgp router-id 1.1.1.1", "exit"],
        Delta("router bgp 1\n bgp router-id 1.1.1.1\nexit\n", "router bgp 2\n bgp router-id 1.1.1.1\nexit\n"));

    [Fact]
    public void Entry_of_a_map_is_written_anew_when_anything_in_it_differs() => Assert.Equal(
        ["? no route-map M permit 10", "route-map M permit 10", "match tag 2", "exit"],
        Delta("route-map M permit 10\n match tag 1\nexit\n", "route-map M permit 10\n match tag 2\nexit\n"));

    [Fact]
    public void Device_that_is_no_longer_active_is_emptied() => Assert.Equal(
        ["? interface eth0", "? ip ospf passive", "? no ip ospf area 0", "? exit"],
        Delta("interface eth0\n ip ospf area 0\n no ip ospf passive\nexit\n", ""));

    [Fact]
    public void Family_that_only_the_daemon_has_is_emptied() => Assert.Equal(
        ["? router bgp 1", "? address-family ipv6 unicast", "? no neighbor 10.0.0.1 activate", "? exit-address-family", "? exit"],
        Delta("router bgp 1\n neighbor 10.0.0.1 remote-as 2\n address-family ipv6 unicast\n  neighbor 10.0.0.1 activate\n exit-address-family\nexit\n", "router bgp 1\n neighbor 10.0.0.1 remote-as 2\nexit\n"));
}
