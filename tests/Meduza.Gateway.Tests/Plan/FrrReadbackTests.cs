using Meduza.Gateway.Plan;

namespace Meduza.Gateway.Tests.Plan;

/// <summary>What daemons show, in the form of our own texts. That it is so for all that is rendered is tested in <c>Programs</c>.</summary>
public sealed class FrrReadbackTests
{
    private const string Desired = """
        frr defaults traditional
        hostname gw
        ip prefix-list L seq 5 permit 10.0.0.0/8
        route-map M permit 10
         match ip address prefix-list L
        exit
        router bgp 1
         neighbor 10.0.0.1 remote-as 2
         address-family ipv4 unicast
          neighbor 10.0.0.1 activate
          maximum-paths 1
         exit-address-family
        exit

        """;

    private const string Shown = """
        frr version 8.4.4
        frr defaults traditional
        !
        hostname gw
        ! "log stdout informational" enabled by "--log" startup option
        log syslog
        debug bgp updates in
        no ip forwarding
        !
        interface eth0
        exit
        !
        router bgp 1
         neighbor 10.0.0.1 remote-as 2
         !
         address-family ipv4 unicast
          neighbor 10.0.0.1 activate
         exit-address-family
        !
        exit
        !
        route-map M permit 10
         match ip address prefix-list L
        exit
        !
        ip prefix-list L seq 5 permit 10.0.0.0/8
        !
        end

        """;

    [Fact]
    public void Another_order_what_is_nobodys_and_a_default_that_is_not_shown_make_no_difference() =>
        Assert.Same(Desired, FrrReadback.Read(Shown, Desired));

    [Fact]
    public void Line_that_is_not_there_is_named_with_its_contexts()
    {
        var running = FrrReadback.Read(Shown.Replace("  neighbor 10.0.0.1 activate\n", "", StringComparison.Ordinal), Desired);
        Assert.Equal("it lacks 'router bgp 1 > address-family ipv4 unicast > neighbor 10.0.0.1 activate'", FrrReadback.Difference(running, Desired));
        Assert.Equal(
            ["router bgp 1", "address-family ipv4 unicast", "neighbor 10.0.0.1 activate", "exit-address-family", "exit"],
            FrrDelta.Compute(running, Desired).Select(command => command.Line));
    }

    [Fact]
    public void Line_of_somebody_else_is_named_and_its_removal_is_all_that_is_to_be_said()
    {
        var running = FrrReadback.Read(Shown.Replace("L seq 5 permit 10.0.0.0/8\n", "L seq 5 permit 10.0.0.0/8\nip prefix-list L seq 7 permit any\n", StringComparison.Ordinal), Desired);
        Assert.Equal("it has 'ip prefix-list L seq 7 permit any' too", FrrReadback.Difference(running, Desired));
        Assert.Equal("no ip prefix-list L seq 7 permit any", FrrDelta.Compute(running, Desired)[0].Line);
    }

    [Fact]
    public void Default_is_not_there_while_another_value_is()
    {
        var running = FrrReadback.Read(Shown.Replace("10.0.0.1 activate\n", "10.0.0.1 activate\n  maximum-paths 4\n", StringComparison.Ordinal), Desired);
        Assert.Equal("it lacks 'router bgp 1 > address-family ipv4 unicast > maximum-paths 1'", FrrReadback.Difference(running, Desired));
    }

    [Fact]
    public void Router_that_is_not_there_is_not_made_up_of_its_defaults() =>
        Assert.Equal("it lacks 'router bgp 1'", FrrReadback.Difference(FrrReadback.Read(Shown.Remove(Shown.IndexOf("router bgp", StringComparison.Ordinal)) + Shown[Shown.IndexOf("route-map", StringComparison.Ordinal)..], Desired), Desired));
}
