using System.Text.Json.Nodes;
using Meduza.Lab.Demo;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Services;

/// <summary>What becomes of FRR's other daemons, and of their routes, without zebra.</summary>
public sealed class FrrTests : IDisposable
{
    private static readonly string[] OnZebra = ["staticd", "ospfd", "bgpd"];

    private readonly DemoNetwork _network = DemoNetwork.Create();

    public FrrTests()
    {
        foreach (var gateway in _network.Lab.Gateways)
            gateway.Start();
        _network.Lab.Etcd.Put(_network.Keys());
        _network.Lab.Etcd.Commit("first");
        _network.HostA.PingUntilAnswered(_network.HostC.Address, TimeSpan.FromSeconds(180));
    }

    public void Dispose() => _network.Dispose();

    private Gateway Border => _network.B;

    /// <summary>How often gw-c's session with it began.</summary>
    private int Sessions() =>
        (int)JsonNode.Parse(_network.C.Init.Run("vtysh", "-c", "show bgp neighbors json").Output)!["10.254.0.1"]!["connectionsEstablished"]!;

    private Dictionary<string, int> Pids() => OnZebra.ToDictionary(name => name, name => (int)Border.Service(name)["pid"]!);

    private bool HasBgpRoute() => Border.Network.Run("ip", "route", "show", "10.3.0.0/24").Output.Contains("proto bgp", StringComparison.Ordinal);

    [Fact]
    public void Those_on_a_zebra_that_is_killed_start_anew_with_the_next_and_give_it_their_routes()
    {
        Border.WaitUntilUp(TimeSpan.FromSeconds(60));
        Border.Init.WaitUntil(HasBgpRoute, "gw-c's LAN is a route");
        var (daemons, sessions) = (Pids(), Sessions());

        var killed = Border.Signal("zebra", 9);

        Border.Init.WaitUntil(() => (int)Border.UntilState("zebra", "ready")["pid"]! != killed, "another zebra");
        Border.WaitUntilUp(TimeSpan.FromSeconds(60));
        Assert.Empty(daemons.Values.Intersect(Pids().Values));
        Border.Init.WaitUntil(HasBgpRoute, "gw-c's LAN is a route again", TimeSpan.FromSeconds(120));
        _network.HostA.PingUntilAnswered(_network.HostC.Address, TimeSpan.FromSeconds(180));
        Assert.Equal(sessions + 1, Sessions());
    }

    /// <summary>What a gateway says in etcd of one of its neighbours: its first word, null where it says nothing.</summary>
    private string? Said(string node, string neighbor) => _network.Lab.Etcd.Get($"/updated/{node}/frr/{neighbor}/status")?.Split(' ')[0];

    private void UntilSaid(string node, string neighbor, string? state) =>
        Border.Init.WaitUntil(() => Said(node, neighbor) == state, $"{node} says {state ?? "nothing"} of {neighbor}", TimeSpan.FromSeconds(120));

    [Fact]
    public void What_has_no_zebra_any_more_is_stopped_with_it_and_comes_back_with_it()
    {
        UntilSaid("gw-c", "bgp/10.254.0.1", "up");
        UntilSaid("gw-b", "ospf/10.255.0.1", "up");
        Assert.Equal(0, Border.Init.Meduza("stop", "zebra").ExitCode);

        foreach (var name in OnZebra)
            Border.UntilState(name, "waiting", "zebra (down)");
        Assert.Equal(3, Border.Init.Meduza("status", "--quiet").ExitCode);
        // Its neighbour sends nothing there any more: what it announced is gone with the session.
        _network.C.Init.WaitUntil(
            () => !_network.C.Network.Run("ip", "route").Output.Contains("10.2.0.0/24", StringComparison.Ordinal), "gw-c has no route to gw-b's LAN");
        UntilSaid("gw-c", "bgp/10.254.0.1", "connecting");
        UntilSaid("gw-b", "ospf/10.255.0.1", null);

        Assert.Equal(0, Border.Init.Meduza("start", "zebra").ExitCode);
        Border.WaitUntilUp(TimeSpan.FromSeconds(60));
        _network.HostA.PingUntilAnswered(_network.HostC.Address, TimeSpan.FromSeconds(180));
        UntilSaid("gw-c", "bgp/10.254.0.1", "up");
    }
}
