using System.Collections.Immutable;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Model.WireGuard;

namespace Meduza.Gateway.Model;

public static partial class ConfigParser
{
    private static List<(WireGuardInstance Config, KeyReader Keys)> ReadWireGuard(KeyReader own) =>
        ReadInstances(own, "wireguard/", KeyTable.WireGuardEnable, ReadWireGuardInstance);

    private static WireGuardInstance? ReadWireGuardInstance(InstanceName name, KeyReader keys)
    {
        var peers = ReadWireGuardPeers(keys);
        var hasDevice = TryLinkDevice(keys, KeyTable.WireGuardDevice, $"wg-{name}", out var device);
        var hasKey = keys.Require(KeyTable.WireGuardPrivateKey, "a WireGuard device without one can talk to nobody", out var privateKey);
        var instance = new WireGuardInstance
        {
            Name = name,
            Device = device,
            PrivateKey = privateKey ?? new Secret(""),
            ListenPort = keys.OrNull(KeyTable.WireGuardListenPort),
            Addresses = [.. keys.List(KeyTable.WireGuardAddresses).OrderBy(address => address.Network).ThenBy(address => Prefix.Of(address.Address, address.IsIpv6 ? 128 : 32))],
            Mtu = keys.Get(KeyTable.WireGuardMtu, WireGuardInstance.DefaultMtu),
            Dns = keys.List(KeyTable.WireGuardDns),
            Peers = peers,
        };
        return hasDevice && hasKey ? instance : null;
    }

    private static ImmutableArray<WireGuardPeer> ReadWireGuardPeers(KeyReader instance)
    {
        var names = new Dictionary<WireGuardKey, InstanceName>();
        var owners = new Dictionary<Prefix, InstanceName>();
        List<WireGuardPeer> peers = [];
        foreach (var text in instance.NamesBelow("peer/"))
        {
            var keys = instance.Below($"peer/{text}/");
            if (!InstanceName.TryParse(text, out var name))
            {
                instance.Findings.Error(keys.Prefix, $"is not a peer's name; expected {InstanceName.Expected}");
                continue;
            }
            var hasKey = keys.Require(KeyTable.WireGuardPeerKey, "a peer is known by it", out var key);
            var peer = new WireGuardPeer(name, key)
            {
                PresharedKey = keys.OrNothing(KeyTable.WireGuardPresharedKey),
                Endpoint = keys.OrNothing(KeyTable.WireGuardPeerEndpoint),
                PersistentKeepalive = keys.Get(KeyTable.WireGuardKeepalive, 0u),
                AllowedIps = keys.Get(KeyTable.WireGuardAllowedIps, WireGuardKinds.Everything),
            };
            if (!hasKey)
                continue;
            if (!names.TryAdd(key, name))
                instance.Findings.Error(keys.FullKey(KeyTable.WireGuardPeerKey), $"is that of peer {names[key]} too");
            foreach (var prefix in peer.AllowedIps)
            {
                if (!owners.TryAdd(prefix, name))
                    instance.Findings.Warn(keys.FullKey(KeyTable.WireGuardAllowedIps), $"{prefix} is allowed to peer {owners[prefix]} too: WireGuard sends it to {name} alone");
                owners[prefix] = name;
            }
            peers.Add(peer);
        }
        return [.. peers];
    }

    /// <summary>Two that would bind the same UDP port.</summary>
    private static void ReportListenPortClashes(
        GatewayConfig config, List<(WireGuardInstance Config, KeyReader Keys)> wireGuard, List<(OpenVpn.OpenVpnInstance Config, KeyReader Keys)> openVpn)
    {
        var owners = new Dictionary<Port, string>();
        if (config.Tinc is { } tinc)
            owners.Add(tinc.Self.Port, "tinc");
        foreach (var url in (config.EasyTier?.Listeners ?? []).Where(url => url is { Port: not null, Transports: Transports.Udp }))
            owners.TryAdd(url.Port!.Value, "easytier");
        foreach (var (instance, _) in openVpn.Where(o => !o.Config.Protocol.IsTcp && !o.Config.Directives.Any(d => d.Name is "local" or "lport" or "nobind")))
            owners.TryAdd(instance.Port, $"openvpn/{instance.Name}");
        foreach (var (instance, keys) in wireGuard)
        {
            if (instance.ListenPort is { } port && !owners.TryAdd(port, $"wireguard/{instance.Name}"))
                keys.Findings.Error(keys.FullKey(KeyTable.WireGuardListenPort), $"port {port} is that of {owners[port]} already");
        }
    }
}
