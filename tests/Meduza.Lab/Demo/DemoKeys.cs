using System.Security.Cryptography;
using System.Text;

namespace Meduza.Lab.Demo;

/// <summary>The keys of the demo network, as an operator writes them, and the secrets in them made anew each time.</summary>
public static class DemoKeys
{
    public const string GlobalFilterIn = "deny 0.0.0.0/0\npermit 0.0.0.0/0 le 32";

    /// <summary>What all nodes share.</summary>
    public static IReadOnlyList<(string, string)> Global() =>
    [
        ("/global/mesh_type", "tinc"),
        ("/global/internal_routing_system", "ospf"),
        ("/global/tinc/netname", "mesh"),
        ("/global/bgp/filter/in", GlobalFilterIn),
    ];

    /// <summary>A node with one LAN.</summary>
    public static IReadOnlyList<(string, string)> Node(string node, string lan, string routerId) =>
    [
        ($"/nodes/{node}/lan", lan),
        ($"/nodes/{node}/router_id", routerId),
        ($"/nodes/{node}/dnsmasq/enable", "true"),
    ];

    /// <summary>A node's part in the Tinc overlay, with OSPF over it.</summary>
    public static IReadOnlyList<(string, string)> Tinc(string node, string underlay, string overlay)
    {
        using var rsa = RSA.Create(2048);
        return
        [
            ($"/nodes/{node}/tinc/enable", "true"),
            ($"/nodes/{node}/tinc/address", underlay),
            ($"/nodes/{node}/tinc/ipv4", overlay),
            ($"/nodes/{node}/tinc/public_key", rsa.ExportRSAPublicKeyPem()),
            ($"/nodes/{node}/tinc/private_key", rsa.ExportRSAPrivateKeyPem()),
            ($"/nodes/{node}/ospf/enable", "true"),
        ];
    }

    public static IReadOnlyList<(string, string)> Bgp(string node, int asn) =>
    [
        ($"/nodes/{node}/bgp/enable", "true"),
        ($"/nodes/{node}/bgp/asn", $"{asn}"),
    ];

    /// <summary>One end of an OpenVPN tunnel with a static key and a BGP session over it.</summary>
    public static IReadOnlyList<(string, string)> OpenVpn(
        string node, string name, string remote, string local, string peer, int peerAsn, string secret, int port = 1194,
        string? keepalive = "2 10") =>
    [
        ($"/nodes/{node}/openvpn/{name}/enable", "true"),
        ($"/nodes/{node}/openvpn/{name}/proto", "udp"),
        ($"/nodes/{node}/openvpn/{name}/port", $"{port}"),
        ($"/nodes/{node}/openvpn/{name}/remote", remote),
        ($"/nodes/{node}/openvpn/{name}/ifconfig", $"{local} {peer}"),
        .. keepalive is null ? [] : new[] { ($"/nodes/{node}/openvpn/{name}/keepalive", keepalive) },
        ($"/nodes/{node}/openvpn/{name}/secret", secret),
        ($"/nodes/{node}/openvpn/{name}/bgp/peer_asn", $"{peerAsn}"),
        ($"/nodes/{node}/openvpn/{name}/bgp/peer_ip", peer),
    ];

    /// <summary>2048 random bits in the form of <c>openvpn --genkey</c>.</summary>
    public static string OpenVpnStaticKey()
    {
        var key = new StringBuilder("-----BEGIN OpenVPN Static key V1-----\n");
        foreach (var row in RandomNumberGenerator.GetBytes(256).Chunk(16))
            key.Append(Convert.ToHexStringLower(row)).Append('\n');
        return key.Append("-----END OpenVPN Static key V1-----").ToString();
    }
}
