using Meduza.Lab.Demo;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Routing;

/// <summary>
/// The example of the first edition's guide: A – B – C – D, each an AS of its own. C is ours, and has two more nodes inside,
/// one of them roaming; the others are routers of somebody else, behind tunnels of C's.
/// </summary>
public sealed class GuideNetwork : IDisposable
{
    public const string Picture = """
        AS 65010        AS 65002                 AS 65001                     AS 65004
           A ───────────── B ───── OpenVPN ───── gw-c ───── OpenVPN ───────────── D
                                            Tinc │
                                      gw-e ──────┴────── gw-r (roaming)
        """;

    public const string ToB = "/nodes/gw-c/openvpn/to-b/bgp";
    public const string ToD = "/nodes/gw-c/openvpn/to-d/bgp";
    private const string AddressOfB = "10.254.2.2", AddressOfD = "10.254.4.2";

    private readonly string _secret = DemoKeys.OpenVpnStaticKey();

    private GuideNetwork(LabNetwork lab)
    {
        Lab = lab;
        (C, E, R) = (lab.AddGateway("gw-c"), lab.AddGateway("gw-e"), lab.AddGateway("gw-r"));
        C.AddLan("10.1.0");
        C.AddLan("10.1.9", "lan9");
        C.AddLan("10.99.1", "prv0");
        E.AddLan("10.2.0");
        E.AddLan("10.50.0", "both0");
        E.AddLan("10.99.2", "prv0");
        R.AddLan("10.3.0");
        R.AddLan("10.50.0", "both0");
        (A, B, D) = (lab.Own(new ForeignRouter(lab, "router-a")), lab.Own(new ForeignRouter(lab, "router-b")), lab.Own(new ForeignRouter(lab, "router-d")));
        B.JoinUnderlay("192.0.2.102");
        D.JoinUnderlay("192.0.2.104");
        A.Join(B, "10.253.0.1", "10.253.0.2");
    }

    public LabNetwork Lab { get; }
    public Gateway C { get; }
    public Gateway E { get; }
    public Gateway R { get; }
    public ForeignRouter A { get; }
    public ForeignRouter B { get; }
    public ForeignRouter D { get; }

    /// <summary>All of it started, and the first commit applied.</summary>
    public static GuideNetwork Start()
    {
        var network = new GuideNetwork(LabNetwork.Create());
        try
        {
            foreach (var gateway in network.Lab.Gateways)
                gateway.Start();
            network.Lab.Etcd.Put(network.Keys());
            network.Lab.Etcd.Commit("first");
            network.StartOthers();
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Writes keys, then <c>/commit</c>, and waits until each gateway that runs has applied it.</summary>
    public void Commit(string value, params IReadOnlyList<(string Key, string Value)> keys)
    {
        Lab.Etcd.Put(keys);
        Lab.Etcd.Commit(value);
        foreach (var gateway in Lab.Gateways.Where(gateway => !gateway.Init.HasExited))
            Lab.Events.WaitForCommit(gateway.Name, value, "applied", TimeSpan.FromSeconds(60));
    }

    public static string Vtysh(Gateway gateway, string command)
    {
        ArgumentNullException.ThrowIfNull(gateway);
        return gateway.Init.Run("vtysh", "-c", command).Output;
    }

    /// <summary>What a gateway's BGP knows.</summary>
    public static IReadOnlyDictionary<string, string> Routes(Gateway gateway) => BgpTable.Of(Vtysh(gateway, "show bgp ipv4 unicast json"));

    public void Dispose() => Lab.Dispose();

    private IReadOnlyList<(string Key, string Value)> Keys() =>
    [
        .. DemoKeys.Global().Where(key => key.Item1 != "/global/bgp/filter/in"),
        // The default route is denied, as it is without a filter, and more.
        ("/global/bgp/filter/in", "deny 0.0.0.0/0\ndeny 172.31.0.0/16 le 32\npermit 0.0.0.0/0 le 32"),
        ("/global/bgp/filter/out", "deny 10.1.9.0/24\npermit 0.0.0.0/0 le 32"),
        .. Inside("gw-c", C.Underlay, 1, "10.1.0.0/24\n10.1.9.0/24"),
        .. Inside("gw-e", E.Underlay, 2, "10.2.0.0/24\n10.50.0.0/24"),
        .. Inside("gw-r", R.Underlay, 3, "10.3.0.0/24\n10.50.0.0/24"),
        ("/nodes/gw-c/private_lan", "10.99.1.0/24"),
        ("/nodes/gw-e/private_lan", "10.99.2.0/24"),
        ("/nodes/gw-r/behavior", "roaming"),
        .. DemoKeys.OpenVpn("gw-c", "to-b", "192.0.2.102", "10.254.2.1", AddressOfB, 65002, _secret, 1194, keepalive: null),
        .. DemoKeys.OpenVpn("gw-c", "to-d", "192.0.2.104", "10.254.4.1", AddressOfD, 65004, _secret, 1195, keepalive: null),
        ($"{ToB}/no_transit", "true"),
    ];

    private static IEnumerable<(string, string)> Inside(string node, string underlay, int number, string lans) =>
    [
        ($"/nodes/{node}/lan", lans),
        ($"/nodes/{node}/router_id", $"10.255.0.{number}"),
        .. DemoKeys.Tinc(node, underlay, $"10.255.0.{number}/24"),
        .. DemoKeys.Bgp(node, 65001),
    ];

    private void StartOthers()
    {
        Lab.Own(new OpenVpnPeer(Lab, B.Network, C.Underlay, AddressOfB, "10.254.2.1", _secret, 1194));
        Lab.Own(new OpenVpnPeer(Lab, D.Network, C.Underlay, AddressOfD, "10.254.4.1", _secret, 1195));
        // A's own network, one of a customer of its, and two that B will put together.
        A.Start(Router(65010, ["10.253.0.2 65002"], "172.20.2.0/24", "172.20.3.0/24 65020", "172.21.1.0/24 65031", "172.21.2.0/24 65032"));
        B.Start(Router(
            65002, ["10.253.0.1 65010", "10.254.2.1 65001"], "172.20.1.0/24", "172.20.4.0/24 65002", "172.20.5.0/24 65002 65002",
            "172.22.1.0/24 65041", "172.22.2.0/24 65042", "172.31.2.0/24", "0.0.0.0/0")
            .Replace(" exit-address-family", "  aggregate-address 172.21.0.0/16 as-set summary-only\n  aggregate-address 172.22.0.0/16 as-set summary-only\n exit-address-family", StringComparison.Ordinal));
        D.Start(Router(65004, ["10.254.4.1 65001"], "172.24.1.0/24", "172.24.3.0/24 65060 65061", "172.31.4.0/24", "0.0.0.0/0"));
    }

    /// <param name="asn">Its AS.</param>
    /// <param name="neighbors">Address and AS of each.</param>
    /// <param name="networks">What it announces, each with what it puts into the path; all bear the community <c>ASN:77</c>.</param>
    private static string Router(int asn, string[] neighbors, params string[] networks)
    {
        var announced = networks.Select((network, i) => (Prefix: network.Split(' ')[0], Prepended: network.Split(' ', 2).ElementAtOrDefault(1), Map: $"ANNOUNCE{i}")).ToList();
        return string.Join('\n',
        [
            .. announced.SelectMany(one => (string[])
                [$"route-map {one.Map} permit 10", $" set community {asn}:77", .. one.Prepended is null ? [] : (string[])[$" set as-path prepend {one.Prepended}"], "exit"]),
            $"router bgp {asn}",
            $" bgp router-id 10.0.0.{asn % 1000}",
            " no bgp ebgp-requires-policy",
            " no bgp network import-check",
            .. neighbors.Select(neighbor => neighbor.Split(' ')).SelectMany(neighbor => (string[])
                [$" neighbor {neighbor[0]} remote-as {neighbor[1]}", $" neighbor {neighbor[0]} timers connect 1"]),
            " address-family ipv4 unicast",
            .. announced.Select(one => $"  network {one.Prefix} route-map {one.Map}"),
            " exit-address-family",
            "exit",
        ]);
    }
}
