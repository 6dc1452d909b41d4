using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Model.WireGuard;
using Meduza.Gateway.Render.Mihomo;

namespace Meduza.Gateway.Render;

/// <summary>Which packets are proxied, mapped and forwarded.</summary>
internal static class PacketRulesRenderer
{
    private static readonly ImmutableArray<Prefix> PrivateNetworks =
    [
        Prefix.Of(IPAddress.Parse("10.0.0.0"), 8),
        Prefix.Of(IPAddress.Parse("172.16.0.0"), 12),
        Prefix.Of(IPAddress.Parse("192.168.0.0"), 16),
    ];

    public static void Render(GatewayConfig config, Machine machine, StateBuilder state) =>
        state.Packets = new PacketRules(Proxy(config, machine, state.ProxyServers ?? ProxyServers.None), config.NetworkMappings, config.PortForwards);

    private static TransparentProxy? Proxy(GatewayConfig config, Machine machine, ProxyServers servers)
    {
        ImmutableArray<Prefix> sources = [.. config.Lans.Concat(config.PrivateLans).Distinct().Order()];
        if (config.Clash is not { Mode: ClashMode.Tproxy } clash || sources.IsEmpty)
            return null;
        return new TransparentProxy
        {
            ExcludedDevices = [.. Devices(config).Distinct().Order(StringComparer.Ordinal)],
            ExcludedDestinations = clash.ExcludeRfc1918 ? PrivateNetworks : [],
            ExcludedServers = servers,
            ExcludedSources = machine.DefaultGateway is { AddressFamily: AddressFamily.InterNetwork } gateway ? [gateway] : [],
            ExcludeByConnection = clash.UseConntrack,
            ExcludeRedirected = !config.PortForwards.IsEmpty || !config.NetworkMappings.IsEmpty,
            ExcludedPorts = Merge(clash.ExcludedPorts.Concat(OwnPorts(config))),
            Sources = sources,
            Transports = clash.Transports,
        };
    }

    private static IEnumerable<string> Devices(GatewayConfig config)
    {
        if (config.OverlayDevice is { } overlay)
            yield return overlay.ToString();
        foreach (var instance in config.OpenVpn)
            yield return instance.Device.ToString();
        foreach (var instance in config.WireGuard)
            yield return instance.Device.ToString();
    }

    /// <summary>The ports of the tunnels, which nothing may go around.</summary>
    private static IEnumerable<PortSelector> OwnPorts(GatewayConfig config)
    {
        if (config.Tinc is { } tinc)
            yield return PortSelector.Of(tinc.Self.Port, Transports.Both);
        foreach (var url in (config.EasyTier?.Listeners ?? []).Concat(config.EasyTier?.Peers ?? []))
        {
            if (url.Port is { } port && url.Transports != Transports.None)
                yield return PortSelector.Of(port, url.Transports);
        }
        foreach (var instance in config.OpenVpn)
        {
            yield return PortSelector.Of(instance.Port, instance.Protocol.IsTcp ? Transports.Tcp : Transports.Udp);
            foreach (var remote in instance.Remotes)
            {
                if (remote.Port is { } port)
                    yield return PortSelector.Of(port, (remote.Protocol ?? instance.Protocol).IsTcp ? Transports.Tcp : Transports.Udp);
            }
        }
        foreach (var instance in config.WireGuard)
        {
            if (instance.ListenPort is { } own)
                yield return PortSelector.Of(own, Transports.Udp);
            foreach (var endpoint in instance.Peers.Select(peer => peer.Endpoint).OfType<WireGuardEndpoint>())
                yield return PortSelector.Of(endpoint.Port, Transports.Udp);
        }
        // The proxy's own, so that a packet which is on its way to it by itself is not sent there a second time.
        yield return PortSelector.Of(Port.Of(TransparentProxy.ListenPort), Transports.Both) with { Directions = PortDirections.Out };
    }

    /// <summary>As few selectors as say the same: each becomes a rule for every packet to pass.</summary>
    private static ImmutableArray<PortSelector> Merge(IEnumerable<PortSelector> selectors)
    {
        var all = selectors.ToList();
        List<PortSelector> merged = [];
        foreach (var direction in (PortDirections[])[PortDirections.In, PortDirections.Out])
        {
            foreach (var transport in (Transports[])[Transports.Tcp, Transports.Udp])
                merged.AddRange(MergeRanges(all.Where(s => s.Directions.HasFlag(direction) && s.Transports.HasFlag(transport)), direction, transport));
        }
        return [.. merged];
    }

    private static IEnumerable<PortSelector> MergeRanges(IEnumerable<PortSelector> selectors, PortDirections direction, Transports transport)
    {
        PortSelector? open = null;
        foreach (var next in selectors.OrderBy(s => s.First.Number).ThenBy(s => s.Last.Number))
        {
            if (open is { } current && next.First.Number <= current.Last.Number + 1)
            {
                if (next.Last.Number > current.Last.Number)
                    open = current with { Last = next.Last };
                continue;
            }
            if (open is { } done)
                yield return done;
            open = new PortSelector(direction, transport, next.First, next.Last);
        }
        if (open is { } last)
            yield return last;
    }
}
