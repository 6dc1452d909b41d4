using System.Collections.Immutable;
using Meduza.Gateway.Model.OpenVpn;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.Keys;

public static partial class KeyTable
{
    public static Key<bool> OpenVpnEnable { get; } = new("/nodes/<ID>/openvpn/<NAME>/enable", Kinds.Flag, "Runs this instance.")
    { Default = "false" };

    public static Key<DeviceName> OpenVpnDevice { get; } = new(
        "/nodes/<ID>/openvpn/<NAME>/dev", OpenVpnKinds.Device, "Name of the tunnel's device.") { Default = "tun-<NAME>" };

    public static Key<OpenVpnProtocol> OpenVpnProto { get; } = new(
        "/nodes/<ID>/openvpn/<NAME>/proto", OpenVpnKinds.Protocol, "Transport, and for TCP which side listens.") { Default = "udp" };

    public static Key<Port> OpenVpnPort { get; } = new(
        "/nodes/<ID>/openvpn/<NAME>/port", Kinds.Port, "Port to listen on, and of every remote that has none of its own.") { Default = "1194" };

    public static Key<ImmutableArray<OpenVpnRemote>> OpenVpnRemotes { get; } = new(
        "/nodes/<ID>/openvpn/<NAME>/remote", Kinds.ListOf(OpenVpnKinds.Remote), "Where the other side is, tried in this order.");

    public static Key<OpenVpnIfconfig> OpenVpnIfconfig { get; } = new(
        "/nodes/<ID>/openvpn/<NAME>/ifconfig", OpenVpnKinds.Ifconfig,
        "Own tunnel address, and the other side's; with a tap device or topology subnet the netmask instead.");

    public static Key<OpenVpnKeepalive> OpenVpnKeepalive { get; } = new(
        "/nodes/<ID>/openvpn/<NAME>/keepalive", OpenVpnKinds.Keepalive, "Seconds between pings, and without an answer until a restart.");

    public static Key<Secret> OpenVpnSecret { get; } = new(
        "/nodes/<ID>/openvpn/<NAME>/secret", OpenVpnKinds.StaticKey, "Static key, instead of TLS.") { IsSecret = true };

    public static Key<Secret> OpenVpnCa { get; } = new(
        "/nodes/<ID>/openvpn/<NAME>/ca", OpenVpnKinds.Certificates, "Certificates of the authorities that the other side's must be signed by.")
    { IsSecret = true };

    public static Key<Secret> OpenVpnCert { get; } = new(
        "/nodes/<ID>/openvpn/<NAME>/cert", OpenVpnKinds.Certificates, "Own certificate, with its chain.") { IsSecret = true };

    public static Key<Secret> OpenVpnKey { get; } = new(
        "/nodes/<ID>/openvpn/<NAME>/key", OpenVpnKinds.PrivateKey, "Private key of the certificate, without a passphrase.") { IsSecret = true };

    public static Key<Secret> OpenVpnTlsAuth { get; } = new(
        "/nodes/<ID>/openvpn/<NAME>/tls_auth", OpenVpnKinds.StaticKey, "Key that signs the control channel.") { IsSecret = true };

    public static Key<Secret> OpenVpnTlsCrypt { get; } = new(
        "/nodes/<ID>/openvpn/<NAME>/tls_crypt", OpenVpnKinds.StaticKey, "Key that encrypts the control channel.") { IsSecret = true };

    private static ImmutableArray<KeySpec> OpenVpnKeys =>
    [
        OpenVpnEnable, OpenVpnDevice, OpenVpnProto, OpenVpnPort, OpenVpnRemotes, OpenVpnIfconfig, OpenVpnKeepalive, OpenVpnSecret,
        OpenVpnCa, OpenVpnCert, OpenVpnKey, OpenVpnTlsAuth, OpenVpnTlsCrypt,
    ];
}
