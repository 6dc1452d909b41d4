using Meduza.Linux.Abi;

namespace Meduza.Linux.Netlink.Abi;

/// <summary>Attributes of <c>linux/if_link.h</c>.</summary>
[CHeader("linux/if_link.h")]
internal static class LinuxIfLink
{
    public const ushort IFLA_ADDRESS = 1;
    public const ushort IFLA_IFNAME = 3;
    public const ushort IFLA_MTU = 4;
    public const ushort IFLA_MASTER = 10;
    public const ushort IFLA_LINKINFO = 18;
    public const ushort IFLA_IFALIAS = 20;
    public const ushort IFLA_NET_NS_FD = 28;
    public const ushort IFLA_EXT_MASK = 29;

    public const ushort IFLA_INFO_KIND = 1;
    public const ushort IFLA_INFO_DATA = 2;
}

/// <summary>Attributes of <c>linux/veth.h</c>.</summary>
[CHeader("linux/veth.h")]
internal static class LinuxVeth
{
    public const ushort VETH_INFO_PEER = 1;
}

/// <summary>Flags and sizes of <c>linux/if.h</c>.</summary>
[CHeader("linux/if.h")]
internal static class LinuxIf
{
    public const uint IFF_UP = 1 << 0;

    /// <summary>Longest device name in bytes, its NUL included.</summary>
    public const int IFNAMSIZ = 16;

    /// <summary>Longest alias in bytes, its NUL included.</summary>
    public const int IFALIASZ = 256;
}
