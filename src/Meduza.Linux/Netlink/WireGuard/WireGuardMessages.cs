using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Meduza.Linux.Netlink.Abi;
using Meduza.Linux.Netlink.Generic;
using Meduza.Linux.Netlink.Route;
using Meduza.Linux.WireGuard;

namespace Meduza.Linux.Netlink.WireGuard;

/// <summary>The messages of the generic netlink family <c>wireguard</c> (linux/wireguard.h).</summary>
internal static partial class WireGuardMessages
{
    /// <summary>Room for a request to read, in bytes.</summary>
    public const int GetLength = 64;

    // nlmsghdr | genlmsghdr WG_CMD_GET_DEVICE version 1 | WGDEVICE_A_IFNAME string
    /// <summary>A device whole; it comes as a dump, since it may need many messages.</summary>
    public static void WriteGet(ref MessageWriter writer, GenericFamily family, string name)
    {
        var message = writer.BeginMessage(family.Id, LinuxNetlink.NLM_F_REQUEST);
        writer.WriteStruct(new GenericHeader { cmd = LinuxWireGuard.WG_CMD_GET_DEVICE, version = LinuxWireGuard.WG_GENL_VERSION });
        writer.WriteAttribute(LinuxWireGuard.WGDEVICE_A_IFNAME, name);
        writer.EndMessage(message);
    }

    /// <summary>
    /// Writes as much of a change as the buffer holds: a whole number of peers, or of one peer some of its addresses.
    /// What is said once (the device's own values, a peer's flags and keys) is in the first message that it concerns.
    /// </summary>
    /// <param name="progress">Where to begin, and afterwards where to go on.</param>
    // nlmsghdr | genlmsghdr WG_CMD_SET_DEVICE version 1 | WGDEVICE_A_IFNAME string | WGDEVICE_A_PRIVATE_KEY 32 bytes |
    // WGDEVICE_A_LISTEN_PORT u16 | WGDEVICE_A_FWMARK u32 | WGDEVICE_A_PEERS { 0 { peer } … }
    public static void WriteSet(ref MessageWriter writer, GenericFamily family, string name, WireGuardChange change, ref WireGuardProgress progress)
    {
        var message = writer.BeginMessage(family.Id, LinuxNetlink.NLM_F_REQUEST | LinuxNetlink.NLM_F_ACK);
        writer.WriteStruct(new GenericHeader { cmd = LinuxWireGuard.WG_CMD_SET_DEVICE, version = LinuxWireGuard.WG_GENL_VERSION });
        writer.WriteAttribute(LinuxWireGuard.WGDEVICE_A_IFNAME, name);
        if (progress is { Peer: 0, Address: 0 })
        {
            if (change.PrivateKey is { } key)
                writer.WriteAttribute(LinuxWireGuard.WGDEVICE_A_PRIVATE_KEY, key.Bytes);
            if (change.ListenPort is { } port)
                writer.WriteAttribute(LinuxWireGuard.WGDEVICE_A_LISTEN_PORT, port);
            if (change.Mark is { } mark)
                writer.WriteAttribute(LinuxWireGuard.WGDEVICE_A_FWMARK, mark);
        }
        if (change.Peers.Count > 0)
        {
            var peers = writer.BeginNested(LinuxWireGuard.WGDEVICE_A_PEERS);
            while (progress.Peer < change.Peers.Count && writer.Free >= PeerLength + AddressLength)
                WritePeer(ref writer, change.Peers[progress.Peer], ref progress);
            writer.EndNested(peers);
        }
        writer.EndMessage(message);
    }

    /// <summary>At most this much for a peer without its addresses: nest, key, preshared key, IPv6 endpoint, interval, flags, nest.</summary>
    private const int PeerLength = 4 + 36 + 36 + 32 + 8 + 8 + 4;

    /// <summary>At most this much for an address: nest, family, 16 bytes of it, prefix length.</summary>
    private const int AddressLength = 4 + 8 + 20 + 8;

    // 0 { WGPEER_A_PUBLIC_KEY 32 bytes | WGPEER_A_PRESHARED_KEY 32 bytes | WGPEER_A_ENDPOINT sockaddr |
    //   WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL u16 | WGPEER_A_FLAGS u32 | WGPEER_A_ALLOWEDIPS { 0 { address } … } }
    private static void WritePeer(ref MessageWriter writer, WireGuardPeerChange peer, ref WireGuardProgress progress)
    {
        var nest = writer.BeginNested(0);
        Span<byte> bytes = stackalloc byte[32];
        peer.PublicKey.CopyTo(bytes);
        writer.WriteAttribute(LinuxWireGuard.WGPEER_A_PUBLIC_KEY, bytes);
        // A peer that was removed by somebody else since must not come back as half of itself.
        var flags = peer.Action == WireGuardPeerAction.Update ? LinuxWireGuard.WGPEER_F_UPDATE_ONLY : 0;
        if (progress.Address == 0)
        {
            if (peer.PresharedKey is { } preshared)
                writer.WriteAttribute(LinuxWireGuard.WGPEER_A_PRESHARED_KEY, preshared.Bytes);
            if (peer.Endpoint is { } endpoint)
                writer.WriteAttribute(LinuxWireGuard.WGPEER_A_ENDPOINT, bytes[..SocketAddress(endpoint, bytes)]);
            if (peer.PersistentKeepalive is { } interval)
                writer.WriteAttribute(LinuxWireGuard.WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, interval);
            if (peer.Action == WireGuardPeerAction.Remove)
                flags |= LinuxWireGuard.WGPEER_F_REMOVE_ME;
            if (peer.ReplaceAllowedIps)
                flags |= LinuxWireGuard.WGPEER_F_REPLACE_ALLOWEDIPS;
        }
        if (flags != 0)
            writer.WriteAttribute(LinuxWireGuard.WGPEER_A_FLAGS, flags);
        if (peer.AllowedIps.Count > 0)
            WriteAddresses(ref writer, peer.AllowedIps, ref progress);
        writer.EndNested(nest);
        if (progress.Address == peer.AllowedIps.Count)
            progress = new WireGuardProgress(progress.Peer + 1, 0);
    }

    // 0 { WGALLOWEDIP_A_FAMILY u16 | WGALLOWEDIP_A_IPADDR 4 or 16 bytes | WGALLOWEDIP_A_CIDR_MASK u8 }
    private static void WriteAddresses(ref MessageWriter writer, IReadOnlyList<IPNetwork> addresses, ref WireGuardProgress progress)
    {
        var all = writer.BeginNested(LinuxWireGuard.WGPEER_A_ALLOWEDIPS);
        for (; progress.Address < addresses.Count && writer.Free >= AddressLength; progress = progress with { Address = progress.Address + 1 })
        {
            var address = addresses[progress.Address];
            var nest = writer.BeginNested(0);
            writer.WriteAttribute(LinuxWireGuard.WGALLOWEDIP_A_FAMILY, (ushort)IpFamily.Number(address.BaseAddress));
            writer.WriteAttribute(LinuxWireGuard.WGALLOWEDIP_A_IPADDR, address.BaseAddress);
            writer.WriteAttribute(LinuxWireGuard.WGALLOWEDIP_A_CIDR_MASK, (byte)address.PrefixLength);
            writer.EndNested(nest);
        }
        writer.EndNested(all);
    }

    // struct sockaddr_in  { u16 family; be16 port; u8 address[4]; u8 zero[8]; }
    // struct sockaddr_in6 { u16 family; be16 port; be32 flow; u8 address[16]; u32 scope; }
    private static int SocketAddress(IPEndPoint endpoint, Span<byte> bytes)
    {
        bytes.Clear();
        ushort family = IpFamily.Number(endpoint.Address);
        MemoryMarshal.Write(bytes, family);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)endpoint.Port);
        if (endpoint.AddressFamily == AddressFamily.InterNetwork)
        {
            endpoint.Address.TryWriteBytes(bytes[4..], out _);
            return 16;
        }
        endpoint.Address.TryWriteBytes(bytes[8..], out _);
        MemoryMarshal.Write(bytes[24..], (uint)endpoint.Address.ScopeId);
        return 28;
    }
}

/// <summary>How far a change was written.</summary>
/// <param name="Peer">The peer to go on with.</param>
/// <param name="Address">The address of that peer to go on with; 0 when nothing of it was written.</param>
internal readonly record struct WireGuardProgress(int Peer, int Address);
