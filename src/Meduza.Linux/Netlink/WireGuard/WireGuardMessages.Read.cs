using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using Meduza.Linux.Netlink.Abi;
using Meduza.Linux.Netlink.Generic;
using Meduza.Linux.Netlink.Route;
using Meduza.Linux.WireGuard;

namespace Meduza.Linux.Netlink.WireGuard;

internal static partial class WireGuardMessages
{
    /// <summary>Reads an answer to <c>WG_CMD_GET_DEVICE</c>: a device with some of its peers.</summary>
    public static bool TryParse(in Message message, GenericFamily family, out WireGuardDevice device)
    {
        device = null!;
        if (message.Type != family.Id
            || !message.TryRead<GenericHeader>(out var header, out var attributes)
            || header.cmd != LinuxWireGuard.WG_CMD_GET_DEVICE)
            return false;

        var name = "";
        WireGuardSecret? secret = null;
        WireGuardPublicKey? key = null;
        ushort port = 0;
        uint mark = 0;
        var peers = new List<WireGuardPeer>();
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case LinuxWireGuard.WGDEVICE_A_IFNAME:
                    name = attribute.Text;
                    break;
                case LinuxWireGuard.WGDEVICE_A_PRIVATE_KEY when attribute.Value.Length == LinuxWireGuard.WG_KEY_LEN:
                    secret = new WireGuardSecret(attribute.Value);
                    break;
                case LinuxWireGuard.WGDEVICE_A_PUBLIC_KEY when attribute.Value.Length == LinuxWireGuard.WG_KEY_LEN:
                    key = new WireGuardPublicKey(attribute.Value);
                    break;
                case LinuxWireGuard.WGDEVICE_A_LISTEN_PORT:
                    attribute.TryGet(out port);
                    break;
                case LinuxWireGuard.WGDEVICE_A_FWMARK:
                    attribute.TryGet(out mark);
                    break;
                case LinuxWireGuard.WGDEVICE_A_PEERS:
                    ReadPeers(attribute.Nested, peers);
                    break;
            }
        }
        device = new WireGuardDevice(name) { PrivateKey = secret, PublicKey = key, ListenPort = port, Mark = mark, Peers = peers };
        return true;
    }

    /// <summary>
    /// Puts the answers of a dump together. A message that goes on with a peer names it again, with more of its addresses and
    /// nothing else.
    /// </summary>
    /// <returns>Null when there was none.</returns>
    public static WireGuardDevice? Join(IReadOnlyList<WireGuardDevice> parts)
    {
        if (parts.Count == 0)
            return null;
        var peers = new List<WireGuardPeer>();
        foreach (var peer in parts.SelectMany(p => p.Peers))
        {
            if (peers.Count > 0 && peers[^1].PublicKey == peer.PublicKey)
                peers[^1] = peers[^1] with { AllowedIps = [.. peers[^1].AllowedIps, .. peer.AllowedIps] };
            else
                peers.Add(peer);
        }
        return parts[0] with { Peers = peers };
    }

    private static void ReadPeers(AttributeReader attributes, List<WireGuardPeer> peers)
    {
        while (attributes.TryRead(out var attribute))
        {
            if (TryReadPeer(attribute.Nested, out var peer))
                peers.Add(peer);
        }
    }

    private static bool TryReadPeer(AttributeReader attributes, out WireGuardPeer peer)
    {
        WireGuardPublicKey? key = null;
        WireGuardSecret? preshared = null;
        IPEndPoint? endpoint = null;
        ushort interval = 0;
        DateTimeOffset? handshake = null;
        ulong received = 0, sent = 0;
        var allowed = new List<IPNetwork>();
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case LinuxWireGuard.WGPEER_A_PUBLIC_KEY when attribute.Value.Length == LinuxWireGuard.WG_KEY_LEN:
                    key = new WireGuardPublicKey(attribute.Value);
                    break;
                case LinuxWireGuard.WGPEER_A_PRESHARED_KEY when attribute.Value.Length == LinuxWireGuard.WG_KEY_LEN:
                    var secret = new WireGuardSecret(attribute.Value);
                    preshared = secret.IsNone ? null : secret;
                    break;
                case LinuxWireGuard.WGPEER_A_ENDPOINT:
                    endpoint = Endpoint(attribute.Value);
                    break;
                case LinuxWireGuard.WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL:
                    attribute.TryGet(out interval);
                    break;
                case LinuxWireGuard.WGPEER_A_LAST_HANDSHAKE_TIME when attribute.TryGet(out KernelTime time):
                    handshake = WireGuardTime.FromUnix(time.tv_sec, time.tv_nsec);
                    break;
                case LinuxWireGuard.WGPEER_A_RX_BYTES:
                    attribute.TryGet(out received);
                    break;
                case LinuxWireGuard.WGPEER_A_TX_BYTES:
                    attribute.TryGet(out sent);
                    break;
                case LinuxWireGuard.WGPEER_A_ALLOWEDIPS:
                    ReadAddresses(attribute.Nested, allowed);
                    break;
            }
        }
        peer = new WireGuardPeer(key ?? default)
        {
            PresharedKey = preshared,
            Endpoint = endpoint,
            PersistentKeepalive = interval,
            LastHandshake = handshake,
            ReceivedBytes = received,
            SentBytes = sent,
            AllowedIps = allowed,
        };
        return key is not null;
    }

    private static void ReadAddresses(AttributeReader attributes, List<IPNetwork> addresses)
    {
        while (attributes.TryRead(out var attribute))
        {
            IPAddress? address = null;
            byte length = 0;
            var parts = attribute.Nested;
            while (parts.TryRead(out var part))
            {
                if (part.Type == LinuxWireGuard.WGALLOWEDIP_A_IPADDR && part.TryGetAddress(out var value))
                    address = value;
                else if (part.Type == LinuxWireGuard.WGALLOWEDIP_A_CIDR_MASK)
                    part.TryGet(out length);
            }
            if (address is not null && IpFamily.TryPrefix(address, length, out var prefix))
                addresses.Add(prefix);
        }
    }

    private static IPEndPoint? Endpoint(ReadOnlySpan<byte> value)
    {
        if (!MemoryMarshal.TryRead(value, out ushort number) || number > byte.MaxValue || !IpFamily.TryParse((byte)number, out var family))
            return null;
        return (family, value.Length) switch
        {
            (System.Net.Sockets.AddressFamily.InterNetwork, >= 8) =>
                new IPEndPoint(new IPAddress(value[4..8]), BinaryPrimitives.ReadUInt16BigEndian(value[2..])),
            (System.Net.Sockets.AddressFamily.InterNetworkV6, >= 28) =>
                new IPEndPoint(new IPAddress(value[8..24], MemoryMarshal.Read<uint>(value[24..])), BinaryPrimitives.ReadUInt16BigEndian(value[2..])),
            _ => null,
        };
    }
}
