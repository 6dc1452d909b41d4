using System.Net;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Tests.Render;

/// <summary>Which packets are proxied, and which are not.</summary>
public sealed class PacketRulesRendererTests
{
    private const string Node = "/nodes/gw-b/";

    // gw-b has a LAN, tinc, and the OpenVPN instance "office".
    private static readonly KeySet Proxied = Fleet.Keys.With(Node + "clash/", ("enable", "true"), ("mode", "tproxy"));

    [Fact]
    public void Lans_are_proxied_and_tunnels_are_not()
    {
        var config = Proxied.Config("gw-b");
        var proxy = Proxied.Render("gw-b").Packets.Proxy!;
        Assert.Equal(config.Lans.Concat(config.PrivateLans).Order(), proxy.Sources);
        Assert.NotEmpty(proxy.Sources);
        Assert.Equal([config.Tinc!.Device.ToString(), config.OpenVpn.Single().Device.ToString()], proxy.ExcludedDevices);
        Assert.Empty(proxy.ExcludedDestinations);
        Assert.Empty(proxy.ExcludedSources);
        Assert.Equal(Transports.Both, proxy.Transports);
    }

    [Theory]
    [InlineData("clash/mode", "mixed")]
    [InlineData("clash/enable", "false")]
    public void Nothing_is_proxied_unless_it_is_asked_for(string key, string value) =>
        Assert.Null(Proxied.With(Node + key, value).Render("gw-b").Packets.Proxy);

    [Fact]
    public void Without_a_lan_there_is_no_proxying() =>
        Assert.Null(Proxied.Without(Node + "lan").Without(Node + "private_lan").Render("gw-b").Packets.Proxy);

    [Fact]
    public void Private_lan_is_proxied_too()
    {
        var proxy = Proxied.Without(Node + "lan").With(Node + "private_lan", "10.99.0.0/24\n10.9.0.0/24").Render("gw-b").Packets.Proxy!;
        Assert.Equal(["10.9.0.0/24", "10.99.0.0/24"], proxy.Sources.Select(s => s.ToString()));
    }

    [Fact]
    public void Next_router_is_no_source()
    {
        var proxy = Proxied.With(Node + "clash/use_conntrack", "true")
            .Render("gw-b", new Machine { DefaultGateway = IPAddress.Parse("192.0.2.1") }).Packets.Proxy!;
        Assert.Equal([IPAddress.Parse("192.0.2.1")], proxy.ExcludedSources);
        Assert.True(proxy.ExcludeByConnection);
    }

    [Fact]
    public void Private_destinations_are_left_alone_where_asked() => Assert.Equal(
        ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
        Proxied.With(Node + "clash/exclude_rfc1918", "true").Render("gw-b").Packets.Proxy!.ExcludedDestinations.Select(d => d.ToString()));

    [Fact]
    public void Ports_of_the_tunnels_and_of_the_proxy_are_excluded()
    {
        var ports = Proxied.With(Node + "tinc/port", "700")
            .With(Node + "openvpn/office/", ("port", "1300"), ("remote", "192.0.2.9 1400")).Render("gw-b").Packets.Proxy!.ExcludedPorts;
        Assert.Equal(
            ["in:tcp:700", "in:udp:700", "in:udp:1300", "in:udp:1400", "out:tcp:700", "out:tcp:7893", "out:udp:700", "out:udp:1300", "out:udp:1400", "out:udp:7893"],
            ports.Select(p => p.ToString()));
    }

    [Fact]
    public void Ports_that_touch_become_one_selector()
    {
        var ports = Proxied.With(Node + "clash/exclude_tproxy_port", "out:tcp:10-20\nout:tcp:15-30\nout:tcp:31\nout:tcp:33\nout:12")
            .Render("gw-b").Packets.Proxy!.ExcludedPorts;
        Assert.Equal(["out:tcp:10-31", "out:tcp:33"], ports.Where(p => p.First.Number < 100 && p.Transports == Transports.Tcp).Select(p => p.ToString()));
        Assert.Equal(["out:udp:12"], ports.Where(p => p.First.Number < 100 && p.Transports == Transports.Udp).Select(p => p.ToString()));
    }

    [Theory]
    [InlineData("portforward", "80:10.0.0.5:80")]
    [InlineData("network_mapping/192.168.7.0/24", "10.7.0.0/24")]
    public void Answers_of_redirected_connections_are_not_proxied(string key, string value)
    {
        Assert.False(Proxied.Render("gw-b").Packets.Proxy!.ExcludeRedirected);
        Assert.True(Proxied.With(Node + key, value).Render("gw-b").Packets.Proxy!.ExcludeRedirected);
    }

    [Fact]
    public void Parts_that_differ_are_planned_by_component()
    {
        var state = Fleet.Keys.With(Node + "portforward", "80:10.0.0.5:80").Render("gw-b");
        var observed = Plan.Machines.After(state);
        Assert.True(Planner.Plan(state, observed).IsEmpty);
        var changes = Planner.Plan(state, observed with { DifferingPackets = [PacketRules.ForwardComponent] });
        Assert.False(changes.IsEmpty);
        Assert.Equal(["portforward"], changes.Packets);
        Assert.Equal(["portforward"], changes.Components);
    }
}
