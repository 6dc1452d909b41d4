namespace Meduza.Gateway.Tests.Model;

/// <summary>Keys of WireGuard devices and their peers.</summary>
public sealed class WireGuardKeysTests
{
    private const string Node = "/nodes/gw-b/";
    private const string Wire = Node + "wireguard/office/";
    private const string Private = "QJLSK2ptMIiOB7VgLGTiqN2FvVQcpb4WVJGQIhPBfFQ=";
    private const string First = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";
    private const string Second = "TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=";

    internal static readonly KeySet Keys = Fleet.Keys.With(Wire, ("enable", "true"), ("private_key", Private), ("peer/one/public_key", First));

    [Fact]
    public void Device_without_further_keys_has_the_defaults()
    {
        var device = Assert.Single(Keys.Config("gw-b").WireGuard);
        Assert.Equal(("office", "wg-office", 1420u, null), (device.Name.ToString(), device.Device.ToString(), device.Mtu, device.ListenPort));
        var peer = Assert.Single(device.Peers);
        Assert.Equal(["0.0.0.0/0"], peer.AllowedIps.Select(p => p.ToString()));
        Assert.True(peer is { Endpoint: null, PresharedKey: null, PersistentKeepalive: 0 });
    }

    [Fact]
    public void Resolvers_are_kept_in_their_order_for_the_generated_text_and_are_none_of_the_gateway_s()
    {
        var keys = Keys.With(Wire, ("dns", "10.0.0.53\nfd00::53\ncorp.example"));
        Assert.Equal(["10.0.0.53", "fd00::53", "corp.example"], Assert.Single(keys.Config("gw-b").WireGuard).Dns);
        Assert.Empty(keys.Parse("gw-b").Warnings);
        Assert.Equal(Files(Keys), Files(keys));

        static IEnumerable<(string, string)> Files(KeySet keys) => keys.Render("gw-b").Files.Select(f => (f.Path, Convert.ToHexString(f.Content.Span)));
    }

    [Fact]
    public void Device_is_read_from_its_keys()
    {
        var device = Assert.Single(Keys.With(Wire,
            ("dev", "wg7"), ("listen_port", "51820"), ("mtu", "1380"), ("address", "10.9.0.1/24\nfd00:9::1/64\n10.9.1.1"),
            ("peer/one/endpoint", "VPN.example.org:51821"), ("peer/one/allowed_ips", "10.8.0.0/16\nfd00:8::/48\n10.7.0.1"),
            ("peer/one/persistent_keepalive", "25"), ("peer/one/preshared_key", Private), ("peer/two/public_key", Second),
            ("peer/two/endpoint", "[2001:db8::1]:51822"), ("peer/two/allowed_ips", "10.6.0.0/16")).Config("gw-b").WireGuard);
        Assert.Equal(["10.9.0.1/24", "10.9.1.1/32", "fd00:9::1/64"], device.Addresses.Select(a => a.ToString()));
        Assert.Equal(("wg7", "51820", 1380u), (device.Device.ToString(), device.ListenPort.ToString(), device.Mtu));
        Assert.Equal(["vpn.example.org:51821", "[2001:db8::1]:51822"], device.Peers.Select(p => p.Endpoint!.ToString()));
        Assert.Null(device.Peers[0].Endpoint!.Address);
        Assert.Equal(["10.7.0.1/32", "10.8.0.0/16", "fd00:8::/48"], device.Peers[0].AllowedIps.Select(p => p.ToString()));
        Assert.Equal(25u, device.Peers[0].PersistentKeepalive);
        Assert.Equal(Private, device.Peers[0].PresharedKey!.Reveal());
    }

    [Theory]
    [InlineData("private_key", "secret")]
    [InlineData("private_key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("listen_port", "0")]
    [InlineData("listen_port", "1195")]
    [InlineData("dev", "a/b")]
    [InlineData("dev", "tnc0")]
    [InlineData("mtu", "100")]
    [InlineData("address", "10.9.0.1/33")]
    [InlineData("address", "somewhere")]
    [InlineData("peer/one/public_key", "/etc/wireguard/key")]
    [InlineData("peer/two/endpoint", "vpn.example.org:51820")]
    [InlineData("peer/two/public_key", First)]
    [InlineData("peer/one/endpoint", "vpn.example.org")]
    [InlineData("peer/one/endpoint", "vpn.example.org:0")]
    [InlineData("peer/one/endpoint", "2001:db8::1:51820")]
    [InlineData("peer/one/endpoint", "[10.0.0.1]:51820")]
    [InlineData("peer/one/endpoint", "a b:51820")]
    [InlineData("peer/one/allowed_ips", "10.0.0.0/40")]
    [InlineData("peer/one/persistent_keepalive", "70000")]
    [InlineData("peer/one/preshared_key", "short")]
    public void Bad_value_is_told_with_its_key_and_never_shows_a_secret(string key, string value)
    {
        var result = Keys.With(Wire + key, value).Parse("gw-b");
        Assert.Null(result.Config);
        var error = Assert.Single(result.Errors);
        Assert.StartsWith(Wire + (key.StartsWith("peer/", StringComparison.Ordinal) ? key[.."peer/one".Length] : key), error.Key, StringComparison.Ordinal);
        if (key.EndsWith("private_key", StringComparison.Ordinal) || key.EndsWith("preshared_key", StringComparison.Ordinal))
            Assert.DoesNotContain(value, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_private_key_is_named()
    {
        var error = Assert.Single(Keys.Without(Wire + "private_key").Parse("gw-b").Errors);
        Assert.Equal(Wire + "private_key", error.Key);
    }

    [Fact]
    public void Device_that_is_not_enabled_may_have_any_values() =>
        Assert.Empty(Keys.With(Wire, ("enable", "false"), ("private_key", "x")).Parse("gw-b").Errors);

    [Fact]
    public void Address_of_two_peers_is_a_warning_that_says_whose_it_is()
    {
        var warnings = Keys.With(Wire + "peer/two/public_key", Second).Parse("gw-b").Warnings;
        Assert.Contains(warnings, w => w.Key == Wire + "peer/two/allowed_ips" && w.Message.Contains("to two alone", StringComparison.Ordinal));
    }

    [Fact]
    public void Peer_over_the_device_is_a_bgp_neighbour_like_one_over_openvpn()
    {
        var keys = Keys.With(Wire + "bgp/", ("peer_asn", "65077"), ("peer_ip", "10.9.0.2"), ("weight", "7"));
        var peer = Assert.Single(keys.Config("gw-b").Bgp!.Peers, p => p.Link == "wireguard/office");
        Assert.Equal(("10.9.0.2", 65077u, "wg-office", 7u), (peer.Address.ToString(), peer.Asn.Number, peer.UpdateSource.ToString(), peer.Weight));
        Assert.Contains("neighbor 10.9.0.2 remote-as 65077", keys.Render("gw-b").Frr.Single(d => d.Daemon == "bgpd").Config, StringComparison.Ordinal);
        Assert.Empty(keys.Parse("gw-b").Warnings.Where(w => w.Key.StartsWith(Wire + "bgp", StringComparison.Ordinal)));
    }

    [Fact]
    public void Address_of_a_neighbour_over_another_link_is_refused()
    {
        var taken = Keys.Config("gw-b").Bgp!.Peers[0].Address.ToString();
        var error = Assert.Single(Keys.With(Wire + "bgp/", ("peer_asn", "65077"), ("peer_ip", taken)).Parse("gw-b").Errors);
        Assert.Equal(Wire + "bgp/peer_ip", error.Key);
    }
}
