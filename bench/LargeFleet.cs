using System.Globalization;
using Meduza.Lab.Demo;
using Meduza.Lab.Harness;

namespace Meduza.Bench;

/// <summary>The keys of a thousand other nodes in a gateway's etcd, twelve each: members of its overlay that wait to be connected to.</summary>
internal static class LargeFleet
{
    private const int Nodes = 1000;
    private const int NodesAtOnce = 10;

    public static void Write(SoloGateway solo)
    {
        using var etcd = new EtcdJson(solo.Lab);
        var keys = DemoKeys.Tinc("any", "192.0.2.250", "10.254.0.1/16").ToDictionary();
        var (secret, open) = (keys["/nodes/any/tinc/private_key"], keys["/nodes/any/tinc/public_key"]);
        foreach (var some in Enumerable.Range(0, Nodes).Chunk(NodesAtOnce))
            etcd.Write(some.SelectMany(n => Node(n, secret, open)));
    }

    private static IEnumerable<(string, string)> Node(int n, string secret, string open)
    {
        var node = string.Create(CultureInfo.InvariantCulture, $"/nodes/n{n:0000}/");
        var address = string.Create(CultureInfo.InvariantCulture, $"10.254.{n / 250}.{n % 250 + 1}");
        return
        [
            (node + "lan", string.Create(CultureInfo.InvariantCulture, $"10.{20 + n / 256}.{n % 256}.0/24")),
            (node + "private_lan", string.Create(CultureInfo.InvariantCulture, $"172.{16 + n / 256}.{n % 256}.0/24")),
            (node + "router_id", address), (node + "tinc/enable", "true"), (node + "tinc/ipv4", address + "/16"), (node + "tinc/public_key", open), (node + "tinc/private_key", secret),
            (node + "ospf/enable", "true"), (node + "ospf/area", "0"), (node + "bgp/enable", "true"), (node + "bgp/asn", "65001"), (node + "dnsmasq/enable", "true"),
        ];
    }
}
