using System.Runtime.InteropServices;
using Meduza.Linux.Abi;

namespace Meduza.Linux.Netlink.Abi;

/// <summary>Constants of <c>linux/wireguard.h</c>.</summary>
[CHeader("linux/wireguard.h")]
internal static class LinuxWireGuard
{
    /// <summary><c>WG_GENL_NAME</c>.</summary>
    public const string FamilyName = "wireguard";

    public const byte WG_GENL_VERSION = 1;
    public const int WG_KEY_LEN = 32;

    public const byte WG_CMD_GET_DEVICE = 0;
    public const byte WG_CMD_SET_DEVICE = 1;

    public const ushort WGDEVICE_A_IFINDEX = 1;
    public const ushort WGDEVICE_A_IFNAME = 2;
    public const ushort WGDEVICE_A_PRIVATE_KEY = 3;
    public const ushort WGDEVICE_A_PUBLIC_KEY = 4;
    public const ushort WGDEVICE_A_LISTEN_PORT = 6;
    public const ushort WGDEVICE_A_FWMARK = 7;
    public const ushort WGDEVICE_A_PEERS = 8;

    public const uint WGPEER_F_REMOVE_ME = 1 << 0;
    public const uint WGPEER_F_REPLACE_ALLOWEDIPS = 1 << 1;
    public const uint WGPEER_F_UPDATE_ONLY = 1 << 2;

    public const ushort WGPEER_A_PUBLIC_KEY = 1;
    public const ushort WGPEER_A_PRESHARED_KEY = 2;
    public const ushort WGPEER_A_FLAGS = 3;
    public const ushort WGPEER_A_ENDPOINT = 4;
    public const ushort WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL = 5;
    public const ushort WGPEER_A_LAST_HANDSHAKE_TIME = 6;
    public const ushort WGPEER_A_RX_BYTES = 7;
    public const ushort WGPEER_A_TX_BYTES = 8;
    public const ushort WGPEER_A_ALLOWEDIPS = 9;

    public const ushort WGALLOWEDIP_A_FAMILY = 1;
    public const ushort WGALLOWEDIP_A_IPADDR = 2;
    public const ushort WGALLOWEDIP_A_CIDR_MASK = 3;
}

/// <summary>A time as WireGuard's netlink messages have it.</summary>
[CStruct("struct __kernel_timespec", "linux/time_types.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct KernelTime
{
    public long tv_sec;
    public long tv_nsec;
}
