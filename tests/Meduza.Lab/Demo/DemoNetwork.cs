using Meduza.Lab.Harness;

namespace Meduza.Lab.Demo;

/// <summary>
/// Three gateways: gw-a and gw-b share a Tinc overlay with OSPF and are one AS; gw-c is another AS, which gw-b reaches over
/// OpenVPN with eBGP; each has a LAN with a host in it.
/// </summary>
public sealed class DemoNetwork : IDisposable
{
    public const string Picture = """
           10.1.0.2          10.2.0.2                         10.3.0.2      hosts
               │                 │                                │
             gw-a ──── Tinc ─── gw-b ────── OpenVPN, eBGP ─────  gw-c       gateways
               │    10.255.0.0/24 │      10.254.0.1 · 10.254.0.2  │
               └─── AS 65001, OSPF ───┘                         AS 65003
        """;

    private DemoNetwork(LabNetwork lab)
    {
        Lab = lab;
        A = lab.AddGateway("gw-a");
        B = lab.AddGateway("gw-b");
        C = lab.AddGateway("gw-c");
        HostA = A.AddLan("10.1.0");
        HostB = B.AddLan("10.2.0");
        HostC = C.AddLan("10.3.0");
    }

    public LabNetwork Lab { get; }
    public Gateway A { get; }
    public Gateway B { get; }
    public Gateway C { get; }
    public LanHost HostA { get; }
    public LanHost HostB { get; }
    public LanHost HostC { get; }

    public static DemoNetwork Create(EtcdOptions? etcd = null) => new(LabNetwork.Create(etcd));

    /// <summary>All keys of the network, <c>/commit</c> aside.</summary>
    public IReadOnlyList<(string Key, string Value)> Keys()
    {
        var secret = DemoKeys.OpenVpnStaticKey();
        return
        [
            .. DemoKeys.Global(),
            .. DemoKeys.Node("gw-a", "10.1.0.0/24", "10.255.0.1"),
            .. DemoKeys.Tinc("gw-a", A.Underlay, "10.255.0.1/24"),
            .. DemoKeys.Node("gw-b", "10.2.0.0/24", "10.255.0.2"),
            .. DemoKeys.Tinc("gw-b", B.Underlay, "10.255.0.2/24"),
            .. DemoKeys.Bgp("gw-b", 65001),
            .. DemoKeys.OpenVpn("gw-b", "to-c", C.Underlay, "10.254.0.1", "10.254.0.2", 65003, secret),
            .. DemoKeys.Node("gw-c", "10.3.0.0/24", "10.254.0.2"),
            .. DemoKeys.Bgp("gw-c", 65003),
            .. DemoKeys.OpenVpn("gw-c", "to-b", B.Underlay, "10.254.0.2", "10.254.0.1", 65001, secret),
            ("/dns/hosts/host-c.demo", HostC.Address),
        ];
    }

    public void Dispose() => Lab.Dispose();
}
