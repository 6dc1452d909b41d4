using System.Text;
using Meduza.Gateway.Lint;
using Meduza.Gateway.Model.WireGuard;

namespace Meduza.Gateway.Tests.Lint;

/// <summary>Fleets in which nothing is wrong, for one thing to be put wrong in each test.</summary>
internal static class Fleets
{
    /// <summary>Three nodes in a tinc overlay with OSPF.</summary>
    public static KeySet Tinc { get; } = Node(Node(Node(KeySet.Empty.With("/global/mesh_type", "tinc"), "gw-a", 1), "gw-b", 2), "gw-c", 3);

    /// <summary>Two nodes with a WireGuard link between them and BGP over it.</summary>
    public static KeySet WireGuard { get; } = Link(Link(KeySet.Empty, "gw-a", 1, "gw-b", 2), "gw-b", 2, "gw-a", 1);

    /// <summary>A private key of WireGuard, another one for each number.</summary>
    public static string Key(int number) => Convert.ToBase64String(Encoding.ASCII.GetBytes($"a key made for tests, number {number:000}!"[..32]));

    public static string PublicKey(int number) => Convert.ToBase64String(X25519.PublicKey(Convert.FromBase64String(Key(number))));

    /// <summary>What is said about keys that are right except for what the test did to them.</summary>
    public static LintFinding Only(KeySet keys) => Assert.Single(FleetLint.Check(keys.Snapshot).Findings);

    private static KeySet Node(KeySet keys, string name, int number) => keys.With($"/nodes/{name}/",
        ("lan", $"10.42.{number}0.0/24"), ("router_id", $"10.20.0.{number}"), ("ospf/enable", "true"), ("tinc/enable", "true"), ("tinc/ipv4", $"10.20.0.{number}/24"),
        ("tinc/address", $"192.0.2.{number}"), ("tinc/public_key", Material.Of("tinc-a.pub")), ("tinc/private_key", Material.Of("tinc-a.key")));

    private static KeySet Link(KeySet keys, string name, int number, string other, int otherNumber) => keys.With($"/nodes/{name}/",
        ("router_id", $"10.20.0.{number}"), ("bgp/enable", "true"), ("bgp/asn", $"6500{number}"),
        ("wireguard/link/enable", "true"), ("wireguard/link/private_key", Key(number)), ("wireguard/link/listen_port", "51820"),
        ("wireguard/link/address", $"10.9.0.{number}/30"), ($"wireguard/link/peer/{other}/public_key", PublicKey(otherNumber)),
        ("wireguard/link/bgp/peer_asn", $"6500{otherNumber}"), ("wireguard/link/bgp/peer_ip", $"10.9.0.{otherNumber}"))
        .With("/global/mesh_type", "tinc").With("/nodes/gw-a/tinc/", ("enable", "true"), ("public_key", Material.Of("tinc-a.pub")), ("private_key", Material.Of("tinc-a.key")));
}
