using Meduza.Gateway.Tests.Render;

namespace Meduza.Gateway.Tests.Model;

/// <summary>How EasyTier's keys are read.</summary>
public sealed class EasyTierKeysTests
{
    private const string Node = "/nodes/gw-a/easytier/";

    private static KeySet Keys => EasyTierRendererTests.Keys;

    [Theory]
    [InlineData("tcp:11010", "tcp://0.0.0.0:11010")]
    [InlineData("wg://192.0.2.1:11011", "wg://192.0.2.1:11011")]
    [InlineData("udp://[fd00::0001]:11010", "udp://[fd00::1]:11010")]
    public void Listener_is_a_protocol_and_a_port(string written, string meant) =>
        Assert.Equal(meant, Assert.Single(Keys.With(Node + "listeners", written).Config().EasyTier!.Listeners).ToString());

    [Theory]
    [InlineData("listeners", "11010")]
    [InlineData("listeners", "tcp")]
    [InlineData("listeners", "tcp:0")]
    [InlineData("listeners", "tcp:65536")]
    [InlineData("listeners", "icmp:11010")]
    [InlineData("listeners", "tcp://gw.example.net:11010")]
    [InlineData("listeners", "tcp://0.0.0.0")]
    [InlineData("listeners", "tcp://0.0.0.0:11010/x")]
    [InlineData("listeners", "tcp://fd00::1:11010")]
    [InlineData("mapped_listeners", "tcp:11010")]
    [InlineData("mapped_listeners", "tcp://gw.example.net")]
    [InlineData("mapped_listeners", "txt://gw.example.net")]
    [InlineData("peers", "tcp://user@host:1")]
    [InlineData("peers", "tcp://host:1/path")]
    [InlineData("peers", "unix:///run/socket")]
    [InlineData("peers", "file:///etc/passwd")]
    [InlineData("peers", "https://host/a\"b")]
    [InlineData("peers", "txt://192.0.2.1")]
    [InlineData("peers", "srv://name:1")]
    [InlineData("peers", "tcp://[192.0.2.1]:11010")]
    [InlineData("ipv4", "fd00::1/64")]
    [InlineData("ipv4", "10.0.0.1/33")]
    [InlineData("ipv4", "10.0.0")]
    [InlineData("dev_name", "a/b")]
    [InlineData("enable", "maybe")]
    public void Wrong_value_rejects_the_commit_and_names_the_key(string key, string value)
    {
        var error = Assert.Single(Keys.With(Node + key, value).Parse().Errors);
        Assert.Equal(Node + key, error.Key);
        Assert.Contains("expected", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.20.0.1", false)]
    [InlineData("10.20.0.1/32", true)]
    public void Address_without_the_length_of_a_network_is_of_a_24_as_EasyTier_itself_has_it(string written, bool warns)
    {
        var result = Keys.With(Node + "ipv4", written).Parse();
        Assert.Equal("10.20.0.1/24", result.Config!.EasyTier!.Ipv4!.ToString());
        Assert.Equal(warns, result.Warnings.Any(warning => warning.Key == Node + "ipv4"));
    }

    [Fact]
    public void Network_name_and_secret_are_required()
    {
        var result = Keys.Without("/global/easytier/network_name").Without("/global/easytier/network_secret").Parse();
        Assert.Equal(["/global/easytier/network_name", "/global/easytier/network_secret"], result.Errors.Select(error => error.Key));
        Assert.Empty(Keys.Without("/global/easytier/network_name").With(Node + "enable", "false").Parse().Errors);
    }

    [Fact]
    public void Secret_is_never_shown()
    {
        var secret = new string('s', 300);
        var result = Keys.With("/global/easytier/network_secret", secret).Parse();
        Assert.DoesNotContain(result.Errors.Concat(result.Warnings), finding => finding.Message.Contains("sss", StringComparison.Ordinal));
        Assert.DoesNotContain("hunter2", Keys.Config().EasyTier!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Node_that_is_in_the_other_overlay_alone_is_told()
    {
        var tinc = Keys.With("/global/mesh_type", "tinc").Parse();
        Assert.Null(tinc.Config!.EasyTier);
        Assert.Contains(tinc.Warnings, warning => warning.Key == Node + "enable" && warning.Message.Contains("/global/mesh_type is tinc", StringComparison.Ordinal));
        var easyTier = Fleet.Keys.With("/global/mesh_type", "easytier").Parse();
        Assert.Null(easyTier.Config!.Tinc);
        Assert.Contains(easyTier.Warnings, warning => warning.Key == "/nodes/gw-a/tinc/enable");
    }

    [Fact]
    public void Nodes_of_the_overlay_are_iBGP_neighbours_at_their_addresses_in_it()
    {
        var config = Keys.With("/global/internal_routing_system", "bgp")
            .With("/nodes/gw-a/", ("bgp/enable", "true"), ("bgp/asn", "65001"), ("router_id", "172.16.0.1"))
            .With("/nodes/gw-b/", ("bgp/enable", "true"), ("bgp/asn", "65001"), ("router_id", "172.16.0.2"), ("easytier/ipv4", "10.20.0.2"))
            .Config();
        var peer = Assert.Single(config.Bgp!.NodePeers);
        Assert.Equal(("10.20.0.2", "10.20.0.1"), (peer.Address.ToString(), peer.UpdateSource!.ToString()));
    }

    [Fact]
    public void Port_of_a_listener_is_not_a_WireGuard_devices_too()
    {
        var keys = Keys.With("/nodes/gw-a/wireguard/w/", ("enable", "true"), ("private_key", "cGFzc3dvcmRwYXNzd29yZHBhc3N3b3JkcGFzc3dvcmQ="), ("listen_port", "11010"));
        Assert.Equal(["/nodes/gw-a/wireguard/w/listen_port"], keys.Parse().Errors.Select(error => error.Key));
        Assert.Empty(keys.With(Node + "listeners", "tcp:11010").Parse().Errors);
    }
}
