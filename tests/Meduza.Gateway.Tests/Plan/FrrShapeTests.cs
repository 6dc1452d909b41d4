using System.Text;
using Meduza.Gateway.Plan;

namespace Meduza.Gateway.Tests.Plan;

public sealed class FrrShapeTests
{
    private const string Peer = "/nodes/gw-b/openvpn/office/bgp/";

    [Theory]
    [InlineData("/global/bgp/filter/in", "deny 172.16.0.0/12\ndeny 10.0.0.0/8\npermit 0.0.0.0/0 le 24")]
    [InlineData("/nodes/gw-b/lan", "10.42.1.0/24\n10.42.2.0/24")]
    [InlineData("/nodes/gw-a/private_lan", "10.99.1.0/24")]
    [InlineData("/nodes/gw-b/bgp/asn", "65111")]
    [InlineData("/nodes/gw-b/bgp/max_paths", "4")]
    [InlineData(Peer + "peer_ip", "10.30.0.9")]
    public void Another_value_is_nothing_new(string key, string value) => Assert.True(IsKnown(Fleet.Keys.With(key, value)));

    [Theory]
    [InlineData("/global/bgp/filter/in", "deny 172.16.0.0/12 ge 16 le 24\npermit 0.0.0.0/0 le 24")]
    [InlineData("/global/bgp/edge_broadcast", "10.42.0.0/16")]
    [InlineData(Peer + "weight", "7")]
    [InlineData(Peer + "no_transit", "true")]
    [InlineData(Peer + "no_forward", "true")]
    public void Another_command_is(string key, string value) => Assert.False(IsKnown(Fleet.Keys.With(key, value)));

    [Fact]
    public void So_is_a_known_command_in_another_context() =>
        Assert.False(FrrShape.AreAllIn("interface eth0\n ip route 10.0.0.0/8\nexit\n", "interface eth0\nexit\nip route 10.0.0.0/8\n"));

    private static bool IsKnown(KeySet keys) => FrrShape.AreAllIn(Whole(keys), Whole(Fleet.Keys));

    private static string Whole(KeySet keys) =>
        Encoding.UTF8.GetString(keys.Render("gw-b").Files.Single(file => file.Path == "/etc/frr/frr.conf").Content.Span);
}
