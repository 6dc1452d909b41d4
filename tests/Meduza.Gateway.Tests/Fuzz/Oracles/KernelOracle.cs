using System.Net;
using System.Text.RegularExpressions;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Tests.Fuzz.Oracles;

/// <summary>What goes to the kernel as data: devices with their addresses, WireGuard's keys and peers, and what is done to packets.</summary>
internal static partial class KernelOracle
{
    public static IEnumerable<string> Judge(Rendered rendered)
    {
        var (config, state) = (rendered.Config, rendered.State);
        OracleList.AssertSame("links", Links(config), state.Links.Select(link => $"{link.Name} [{string.Join(' ', link.Addresses)}] {link.Mtu}"));
        Assert.All(state.Links, link => Assert.Matches(Device, link.Name));
        Assert.Equal(config.WireGuard, state.WireGuard.Select(device => device.Instance));
        // The kernel refuses a whole device for one of these.
        foreach (var instance in config.WireGuard)
        {
            Assert.Equal(32, Convert.FromBase64String(instance.PrivateKey.Reveal()).Length);
            Assert.All(instance.Peers, peer => Assert.Equal(32, Convert.FromBase64String(peer.PublicKey.ToString()).Length));
            Assert.Distinct(instance.Peers.Select(peer => peer.PublicKey));
            Assert.InRange(instance.Mtu, 576u, 65_456u);
        }
        Assert.Equal(config.PortForwards, state.Packets.Forwards);
        Assert.Equal(config.NetworkMappings, state.Packets.Mappings);
        Assert.All(state.Packets.Mappings, mapping => Assert.Equal((mapping.Inside.Length, false), (mapping.Outside.Length, mapping.Inside.IsIpv6 || mapping.Outside.IsIpv6)));
        Assert.Distinct(state.Packets.Forwards.Select(forward => (forward.IsIpv6, forward.Listen)));
        AssertProxy(rendered);
        return [];
    }

    private static IEnumerable<string> Links(GatewayConfig config) =>
    [
        .. config.Tinc is { } tinc ? [$"{tinc.Device} [{tinc.Ipv4}] "] : (string[])[],
        .. config.WireGuard.Select(instance => $"{instance.Device} [{string.Join(' ', instance.Addresses)}] {instance.Mtu}"),
    ];

    private static void AssertProxy(Rendered rendered)
    {
        var config = rendered.Config;
        if (rendered.State.Packets.Proxy is not { } proxy)
        {
            Assert.True(config.Clash is not { Mode: ClashMode.Tproxy } || (config.Lans.IsEmpty && config.PrivateLans.IsEmpty));
            return;
        }
        Assert.Equal(config.Lans.Concat(config.PrivateLans).Distinct().Order(), proxy.Sources);
        Assert.All(proxy.ExcludedDevices, device => Assert.Matches(Device, device));
        // A packet of a tunnel that went to the proxy would go round in a circle.
        Assert.Superset(
            config.OpenVpn.Select(instance => instance.Device).Concat(config.WireGuard.Select(instance => instance.Device)).Select(device => device.ToString()).ToHashSet(),
            proxy.ExcludedDevices.ToHashSet());
        Assert.Equal(rendered.Machine.DefaultGateway is { } gateway ? [gateway] : Array.Empty<IPAddress>(), proxy.ExcludedSources);
        foreach (var (one, next) in proxy.ExcludedPorts.Zip(proxy.ExcludedPorts.Skip(1)))
        {
            Assert.True(one.First.Number <= one.Last.Number);
            if ((one.Directions, one.Transports) == (next.Directions, next.Transports))
                Assert.True(one.Last.Number + 1 < next.First.Number, $"{one} and {next} are one");
        }
        foreach (var wanted in config.Clash!.ExcludedPorts)
            Assert.All(Single(wanted), selector => Assert.Contains(proxy.ExcludedPorts, port => Covers(port, selector)));
    }

    private static IEnumerable<PortSelector> Single(PortSelector selector) =>
        from direction in (PortDirections[])[PortDirections.In, PortDirections.Out]
        from transport in (Transports[])[Transports.Tcp, Transports.Udp]
        where selector.Directions.HasFlag(direction) && selector.Transports.HasFlag(transport)
        select selector with { Directions = direction, Transports = transport };

    private static bool Covers(PortSelector port, PortSelector wanted) =>
        (port.Directions, port.Transports) == (wanted.Directions, wanted.Transports) && port.First.Number <= wanted.First.Number && port.Last.Number >= wanted.Last.Number;

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,14}\z")]
    private static partial Regex Device { get; }
}
