using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Model.WireGuard;

namespace Meduza.Gateway.Model.Keys;

public static partial class KeyTable
{
    public static Key<bool> WireGuardEnable { get; } = new("/nodes/<ID>/wireguard/<NAME>/enable", Kinds.Flag, "Sets this WireGuard device up.")
    { Default = "false" };

    public static Key<DeviceName> WireGuardDevice { get; } = new(
        "/nodes/<ID>/wireguard/<NAME>/dev", Kinds.Device, "Name of the device.") { Default = "wg-<NAME>" };

    public static Key<Secret> WireGuardPrivateKey { get; } = new(
        "/nodes/<ID>/wireguard/<NAME>/private_key", WireGuardKinds.SecretKey, "Own private key.") { IsSecret = true };

    public static Key<Port> WireGuardListenPort { get; } = new(
        "/nodes/<ID>/wireguard/<NAME>/listen_port", Kinds.Port, "UDP port that peers send to.") { Default = "one that the kernel chooses" };

    public static Key<ImmutableArray<HostAddress>> WireGuardAddresses { get; } = new(
        "/nodes/<ID>/wireguard/<NAME>/address", Kinds.ListOf(WireGuardKinds.Address), "Own addresses on the device.");

    public static Key<uint> WireGuardMtu { get; } = new(
        "/nodes/<ID>/wireguard/<NAME>/mtu", Kinds.Number(576, 65456), "Largest packet in bytes.") { Default = "1420" };

    public static Key<ImmutableArray<string>> WireGuardDns { get; } = new(
        "/nodes/<ID>/wireguard/<NAME>/dns", Kinds.ListOf(Kinds.HostOrAddress),
        "Resolvers, and names as search domains, that a machine uses while `wg-quick` has this device up: they stand in the generated text. The gateway itself goes on asking its dnsmasq.");

    public static Key<WireGuardKey> WireGuardPeerKey { get; } = new(
        "/nodes/<ID>/wireguard/<NAME>/peer/<PEER>/public_key", WireGuardKinds.PublicKey, "The peer's public key.");

    public static Key<ImmutableArray<Prefix>> WireGuardAllowedIps { get; } = new(
        "/nodes/<ID>/wireguard/<NAME>/peer/<PEER>/allowed_ips", Kinds.ListOf(WireGuardKinds.AllowedIp, sorted: true),
        "Networks that the peer may send from, and that are sent to it; no route is set by this.")
    { Default = "0.0.0.0/0" };

    public static Key<WireGuardEndpoint> WireGuardPeerEndpoint { get; } = new(
        "/nodes/<ID>/wireguard/<NAME>/peer/<PEER>/endpoint", WireGuardKinds.Endpoint,
        "Where the peer is; a name is looked up again when the last handshake is older than 135 s.");

    public static Key<uint> WireGuardKeepalive { get; } = new(
        "/nodes/<ID>/wireguard/<NAME>/peer/<PEER>/persistent_keepalive", Kinds.Number(0, 65535),
        "Seconds between packets that keep the way open; 0 sends none.")
    { Default = "0" };

    public static Key<Secret> WireGuardPresharedKey { get; } = new(
        "/nodes/<ID>/wireguard/<NAME>/peer/<PEER>/preshared_key", WireGuardKinds.SecretKey, "Key that both sides mix in.") { IsSecret = true };

    private static ImmutableArray<KeySpec> WireGuardKeys =>
    [
        WireGuardEnable, WireGuardDevice, WireGuardPrivateKey, WireGuardListenPort, WireGuardAddresses, WireGuardMtu, WireGuardDns,
        WireGuardPeerKey, WireGuardAllowedIps, WireGuardPeerEndpoint, WireGuardKeepalive, WireGuardPresharedKey,
        // The same keys as below an OpenVPN instance; whoever reads them stands on the instance.
        .. LinkBgpKeys.Select(key => key with { Template = key.Template.Replace("/openvpn/", "/wireguard/", StringComparison.Ordinal) }),
    ];
}
