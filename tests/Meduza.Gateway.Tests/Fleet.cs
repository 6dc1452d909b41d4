namespace Meduza.Gateway.Tests;

/// <summary>
/// A fleet that uses what this version drives: gw-a and gw-b in a tinc overlay with OSPF, and gw-b with an external peer
/// over OpenVPN.
/// </summary>
internal static class Fleet
{
    public static KeySet Keys { get; } = KeySet.Empty
        .With("/commit", "1")
        .With("/global/mesh_type", "tinc")
        .With("/nodes/gw-a/",
            ("lan", "10.42.10.0/24\n10.42.11.0/24"),
            ("private_lan", "10.99.10.0/24"),
            ("router_id", "10.20.0.1"),
            ("tinc/enable", "true"),
            ("tinc/ipv4", "10.20.0.1/24"),
            ("tinc/address", "192.0.2.1"),
            ("tinc/public_key", Material.Of("tinc-a.pub")),
            ("tinc/private_key", Material.Of("tinc-a.key")),
            ("ospf/enable", "true"),
            ("dnsmasq/enable", "true"))
        .With("/nodes/gw-b/",
            ("lan", "10.42.20.0/24"),
            ("private_lan", "10.99.20.0/24"),
            ("router_id", "10.20.0.2"),
            ("tinc/enable", "true"),
            ("tinc/ipv4", "10.20.0.2/24"),
            ("tinc/public_key", Material.Of("tinc-b.pub")),
            ("tinc/private_key", Material.Of("tinc-b.key")),
            ("ospf/enable", "true"),
            ("bgp/enable", "true"),
            ("bgp/asn", "65001"),
            ("openvpn/office/enable", "true"),
            ("openvpn/office/dev", "tun0"),
            ("openvpn/office/proto", "udp"),
            ("openvpn/office/port", "1195"),
            ("openvpn/office/remote", "192.0.2.3"),
            ("openvpn/office/ifconfig", "10.30.0.1 10.30.0.2"),
            ("openvpn/office/keepalive", "10 60"),
            ("openvpn/office/secret", Material.Of("static.key")),
            ("openvpn/office/bgp/peer_asn", "65002"),
            ("openvpn/office/bgp/peer_ip", "10.30.0.2"))
        .With("/dns/hosts/",
            ("gateway.internal", "10.42.10.1"),
            ("db.example.com", "192.168.1.100\n192.168.1.101\nfd00::1"));
}
