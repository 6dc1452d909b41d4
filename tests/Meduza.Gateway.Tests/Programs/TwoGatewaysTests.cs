using Meduza.Gateway.Render;

namespace Meduza.Gateway.Tests.Programs;

/// <summary>
/// What goes from one gateway to the other and what does not: gw-b with the external peer 65002, gw-a with 65003, a cable
/// in the place of the overlay between them.
/// </summary>
[Trait("FRR", "any")]
public sealed class TwoGatewaysTests : IDisposable
{
    private readonly Sandbox _a = new();
    private readonly Sandbox _b = new();
    private readonly Sandbox _left = new();
    private readonly Sandbox _right = new();

    private static KeySet Keys { get; } = Fleet.Keys
        .With("/nodes/gw-a/", ("bgp/enable", "true"), ("bgp/asn", "65001"))
        .With("/nodes/gw-a/openvpn/other/",
            ("enable", "true"), ("dev", "tun0"), ("port", "1195"), ("ifconfig", "10.31.0.1 10.31.0.2"), ("secret", Material.Of("static.key")),
            ("bgp/peer_asn", "65003"), ("bgp/peer_ip", "10.31.0.2"));

    public TwoGatewaysTests()
    {
        _a.Connect("tnc0", "10.20.0.1/24", _b, "tnc0", "10.20.0.2/24");
        _b.Connect("tun0", "10.30.0.1/24", _left, "eth0", "10.30.0.2/24");
        _a.Connect("tun0", "10.31.0.1/24", _right, "eth0", "10.31.0.2/24");
        foreach (var (machine, number) in new[] { (_a, "10"), (_b, "20") })
        {
            machine.Run("ip", "link", "add", "lan0", "type", "veth", "peer", "name", "lan1");
            machine.Run("ip", "address", "add", $"10.42.{number}.1/24", "dev", "lan0");
            machine.Run("ip", "address", "add", $"10.99.{number}.1/24", "dev", "lan0");
            machine.Run("ip", "link", "set", "lan0", "up");
            machine.Run("ip", "link", "set", "lan1", "up");
        }
    }

    public void Dispose()
    {
        foreach (var machine in (Sandbox[])[_a, _b, _left, _right])
            machine.Dispose();
    }

    [Fact]
    public void Ospf_brings_lans_to_peers_elsewhere_but_neither_private_ones_nor_what_bgp_gave_it()
    {
        Start(_a, Keys.Render("gw-a", Sandbox.Machine));
        Start(_b, Keys.Render("gw-b", Sandbox.Machine));
        StartPeers();

        // gw-a knows them by OSPF, …
        Sandbox.Eventually(
            () => Contains(Kernel(_a), "10.42.20.0/24", "10.99.20.0/24", "172.16.1.0/24"), () => Kernel(_a) + _a.Vtysh("-c", "show ip ospf neighbor"));
        // … its peer hears of the LANs of both, …
        Sandbox.Eventually(() => IsSubset(["10.42.10.0/24", "10.42.20.0/24"], ForeignRouter.Routes(_right)), () => string.Join('\n', ForeignRouter.Routes(_right)));
        Sandbox.Eventually(() => IsSubset(["10.42.10.0/24", "10.42.20.0/24"], ForeignRouter.Routes(_left)), () => string.Join('\n', ForeignRouter.Routes(_left)));
        // … and of nothing else: what was in BGP once does not come back from OSPF.
        Assert.Equal(["10.42.10.0/24", "10.42.20.0/24", "172.17.1.0/24"], ForeignRouter.Routes(_right).Order(StringComparer.Ordinal));
        Assert.Equal(["10.42.10.0/24", "10.42.20.0/24", "172.16.1.0/24"], ForeignRouter.Routes(_left).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Ibgp_carries_everything_but_the_mark_and_a_roaming_nodes_routes_are_the_last_choice()
    {
        var keys = Keys.With("/global/internal_routing_system", "bgp").With("/nodes/gw-b/behavior", "roaming")
            .With("/nodes/gw-a/openvpn/other/bgp/no_forward", "true");
        Start(_a, keys.Render("gw-a", Sandbox.Machine));
        Start(_b, keys.Render("gw-b", Sandbox.Machine));
        StartPeers();

        Sandbox.Eventually(
            () => Contains(Kernel(_a), "10.42.20.0/24", "10.99.20.0/24", "172.16.1.0/24"), () => Kernel(_a) + _a.Vtysh("-c", "show bgp summary"));
        var route = _a.Vtysh("-c", "show bgp ipv4 unicast 172.16.1.0/24");
        Assert.Contains("localpref 50", route, StringComparison.Ordinal);
        Assert.Contains("65002:77", route, StringComparison.Ordinal);
        Assert.DoesNotContain("9999", route, StringComparison.Ordinal);
        // It was an external route at gw-b: for gw-a it is an internal one, which no_forward does not hold back.
        Sandbox.Eventually(() => ForeignRouter.Routes(_right).Contains("172.16.1.0/24"), () => string.Join('\n', ForeignRouter.Routes(_right)));
        foreach (var peer in (Sandbox[])[_left, _right])
            Assert.DoesNotContain(ForeignRouter.Routes(peer), prefix => prefix.StartsWith("10.99.", StringComparison.Ordinal));
    }

    private void StartPeers()
    {
        ForeignRouter.Start(_left, 65002, "10.30.0.2", "10.30.0.1", new Announced("172.16.1.0/24", ""));
        ForeignRouter.Start(_right, 65003, "10.31.0.2", "10.31.0.1", new Announced("172.17.1.0/24", ""));
    }

    private static void Start(Sandbox machine, DesiredState state)
    {
        machine.LayDown(state);
        // A test need not wait forty seconds for the election of a designated router.
        const string Broadcast = " ip ospf network broadcast\n";
        var ospfd = machine.HostPath("/run/frr/meduza/ospfd.conf");
        if (File.Exists(ospfd))
            File.WriteAllText(ospfd, File.ReadAllText(ospfd).Replace(Broadcast, Broadcast + " ip ospf hello-interval 1\n ip ospf dead-interval 3\n", StringComparison.Ordinal));
        foreach (var service in state.Services.Where(service => service.Component == "frr"))
            machine.StartService(service);
    }

    private static string Kernel(Sandbox machine) => machine.Run("ip", "route", "show");

    private static bool Contains(string text, params string[] parts) => parts.All(part => text.Contains(part, StringComparison.Ordinal));

    private static bool IsSubset(IEnumerable<string> part, IEnumerable<string> whole) => !part.Except(whole).Any();
}
