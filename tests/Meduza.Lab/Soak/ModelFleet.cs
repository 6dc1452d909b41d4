using Meduza.Lab.Demo;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Soak;

/// <summary>
/// Three gateways in one Tinc overlay with OSPF. gw-a and gw-b are one AS; gw-b and gw-c, another AS, have BGP over OpenVPN;
/// gw-a and gw-c have a WireGuard link. etcd has three members, and each gateway prefers another one.
/// </summary>
internal sealed class ModelFleet : IDisposable
{
    public const string WireGuard = "wire";

    /// <summary>The nodes with the WireGuard link.</summary>
    public static readonly IReadOnlyList<string> WireNodes = ["gw-a", "gw-c"];

    /// <summary>The nodes with the OpenVPN link, and its name there.</summary>
    public static readonly IReadOnlyList<(string Node, string Instance)> OpenVpn = [("gw-b", "to-c"), ("gw-c", "to-b")];

    public static readonly IReadOnlyList<string> Nodes = ["gw-a", "gw-b", "gw-c"];

    private ModelFleet(LabNetwork lab)
    {
        Lab = lab;
        foreach (var node in Nodes)
            lab.AddGateway(node).AddLan($"10.{NumberOf(node)}.0");
        Keys = BaseKeys();
    }

    public LabNetwork Lab { get; }

    /// <summary>The keys that it begins with, <c>/commit</c> aside.</summary>
    public IReadOnlyDictionary<string, string> Keys { get; }

    public static ModelFleet Create() => new(LabNetwork.Create(new() { Members = 3 }));

    /// <summary>1 for gw-a, and so on.</summary>
    public static int NumberOf(string node) => node[^1] - 'a' + 1;

    public Gateway Gateway(string node) => Lab.Gateways.Single(gateway => gateway.Name == node);

    /// <summary>Boots the gateways, each with another member of etcd first, and the users that the image has.</summary>
    public void Start()
    {
        var endpoints = Lab.Etcd.Members.Select(member => member.Endpoint).ToList();
        foreach (var gateway in Lab.Gateways)
        {
            var first = NumberOf(gateway.Name) % endpoints.Count;
            gateway.Start([$"ETCD_ENDPOINTS={string.Join(',', [.. endpoints[first..], .. endpoints[..first]])}", "WIREGUARD_STATUS_INTERVAL=5"], ServiceUsers.Prepare);
        }
    }

    public void Dispose() => Lab.Dispose();

    private Dictionary<string, string> BaseKeys()
    {
        var secret = DemoKeys.OpenVpnStaticKey();
        var (a, c) = (WireGuardKeys.New(), WireGuardKeys.New());
        List<(string, string)> keys =
        [
            .. DemoKeys.Global(),
            .. Nodes.SelectMany(Member),
            .. DemoKeys.Bgp("gw-a", 65001),
            .. DemoKeys.Bgp("gw-b", 65001),
            .. DemoKeys.Bgp("gw-c", 65003),
            .. DemoKeys.OpenVpn("gw-b", "to-c", Gateway("gw-c").Underlay, "10.254.0.1", "10.254.0.2", 65003, secret),
            .. DemoKeys.OpenVpn("gw-c", "to-b", Gateway("gw-b").Underlay, "10.254.0.2", "10.254.0.1", 65001, secret),
            .. Wire("gw-a", a.Private, c.Public, "gw-c"),
            .. Wire("gw-c", c.Private, a.Public, "gw-a"),
            ("/dns/hosts/first.soak", "10.1.0.77"),
        ];
        return keys.ToDictionary();
    }

    private IEnumerable<(string, string)> Member(string node)
    {
        var number = NumberOf(node);
        return
        [
            .. DemoKeys.Node(node, $"10.{number}.0.0/24", $"10.255.0.{number}"),
            .. DemoKeys.Tinc(node, Gateway(node).Underlay, $"10.255.0.{number}/24"),
            ($"/nodes/{node}/private_lan", $"10.99.{number}.0/24"),
        ];
    }

    private IEnumerable<(string, string)> Wire(string node, string secret, string peer, string other) =>
    [
        .. new[]
        {
            ("enable", "true"), ("private_key", secret), ("listen_port", "51820"), ("address", $"10.253.0.{NumberOf(node)}/24"),
            ($"peer/{other}/public_key", peer), ($"peer/{other}/allowed_ips", $"10.253.0.{NumberOf(other)}/32"),
            ($"peer/{other}/endpoint", $"{Gateway(other).Underlay}:51820"), ($"peer/{other}/persistent_keepalive", "5"),
        }.Select(key => ($"/nodes/{node}/wireguard/{WireGuard}/{key.Item1}", key.Item2)),
    ];
}
