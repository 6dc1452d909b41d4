namespace Meduza.Gateway.Tests.Programs;

/// <summary>What openvpn itself makes of what is rendered: two of them, joined by a cable, build the tunnel.</summary>
public sealed class OpenVpnProgramTests
{
    private static KeySet Side(string node, string local, string remote) => KeySet.Empty.With(
        $"/nodes/{node}/openvpn/link/",
        ("enable", "true"), ("dev", "tun0"), ("port", "1195"), ("ifconfig", $"{local} {remote}"), ("keepalive", "1 10"));

    [Fact]
    public void Static_key_tunnel_carries_packets() => CarriesPackets(
        Side("gw-a", "10.30.0.1", "10.30.0.2").With("/nodes/gw-a/openvpn/link/", ("remote", "192.0.2.2"), ("secret", Material.Of("static.key"))),
        Side("gw-b", "10.30.0.2", "10.30.0.1").With("/nodes/gw-b/openvpn/link/", ("remote", "192.0.2.1"), ("secret", Material.Of("static.key"))));

    [Fact]
    public void Tls_tunnel_over_tcp_with_tls_auth_carries_packets() => CarriesPackets(
        Tls("gw-a", "server", "10.30.0.1", "10.30.0.2").With("/nodes/gw-a/openvpn/link/",
            ("proto", "tcp-server"), ("tls_auth", Material.Of("tls.key")), ("key_direction", "0"), ("remote_cert_tls", "client")),
        Tls("gw-b", "client", "10.30.0.2", "10.30.0.1").With("/nodes/gw-b/openvpn/link/",
            ("proto", "tcp-client"), ("remote", "192.0.2.1"), ("tls_auth", Material.Of("tls.key")), ("key_direction", "1"),
            ("verify_x509_name", "\"server\" name")));

    [Fact]
    public void Tls_tunnel_over_udp_with_tls_crypt_carries_packets() => CarriesPackets(
        Tls("gw-a", "server", "10.30.0.1", "10.30.0.2").With("/nodes/gw-a/openvpn/link/", ("tls_crypt", Material.Of("tls.key"))),
        Tls("gw-b", "client", "10.30.0.2", "10.30.0.1").With("/nodes/gw-b/openvpn/link/",
            ("remote", "192.0.2.1 1195 udp4"), ("tls_crypt", Material.Of("tls.key")), ("nobind", "true"), ("data_ciphers", "AES-256-GCM"),
            ("tun_mtu", "1400"), ("mssfix", "1300"), ("explicit_exit_notify", "true")).With("/nodes/gw-a/openvpn/link/tun_mtu", "1400"));

    private static KeySet Tls(string node, string certificate, string local, string remote) => Side(node, local, remote).With(
        $"/nodes/{node}/openvpn/link/",
        ("ca", Material.Of("ca.crt")), ("cert", Material.Of($"{certificate}.crt")), ("key", Material.Of($"{certificate}.key")));

    private static void CarriesPackets(KeySet a, KeySet b)
    {
        using var one = new Sandbox();
        using var other = new Sandbox();
        one.Connect("eth0", "192.0.2.1/24", other, "eth0", "192.0.2.2/24");
        foreach (var (machine, state) in new[] { (one, a.Render("gw-a")), (other, b.Render("gw-b")) })
        {
            machine.LayDown(state);
            machine.StartServices(state);
        }
        var (first, second) = (one.Service("openvpn-link"), other.Service("openvpn-link"));
        first.WaitForLine(line => line.Contains("Initialization Sequence Completed", StringComparison.Ordinal), Sandbox.Patience);
        second.WaitForLine(line => line.Contains("Initialization Sequence Completed", StringComparison.Ordinal), Sandbox.Patience);
        one.Run("ping", "-c", "1", "-W", "5", "10.30.0.2");
        Assert.DoesNotContain(first.Lines.Concat(second.Lines), line => line.Contains("Options error", StringComparison.Ordinal));
    }
}
