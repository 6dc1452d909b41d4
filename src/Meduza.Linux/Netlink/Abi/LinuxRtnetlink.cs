using System.Runtime.InteropServices;
using Meduza.Linux.Abi;

namespace Meduza.Linux.Netlink.Abi;

/// <summary>Constants of <c>linux/rtnetlink.h</c>.</summary>
[CHeader("linux/rtnetlink.h")]
internal static class LinuxRtnetlink
{
    public const ushort RTM_NEWLINK = 16;
    public const ushort RTM_DELLINK = 17;
    public const ushort RTM_GETLINK = 18;
    public const ushort RTM_NEWADDR = 20;
    public const ushort RTM_DELADDR = 21;
    public const ushort RTM_GETADDR = 22;
    public const ushort RTM_NEWROUTE = 24;
    public const ushort RTM_DELROUTE = 25;
    public const ushort RTM_GETROUTE = 26;
    public const ushort RTM_NEWRULE = 32;
    public const ushort RTM_DELRULE = 33;
    public const ushort RTM_GETRULE = 34;

    public const uint RTNLGRP_LINK = 1;
    public const uint RTNLGRP_IPV4_IFADDR = 5;
    public const uint RTNLGRP_IPV4_ROUTE = 7;
    public const uint RTNLGRP_IPV4_RULE = 8;
    public const uint RTNLGRP_IPV6_IFADDR = 9;
    public const uint RTNLGRP_IPV6_ROUTE = 11;
    public const uint RTNLGRP_IPV6_RULE = 19;

    public const uint RTEXT_FILTER_SKIP_STATS = 1 << 3;

    public const byte RT_TABLE_UNSPEC = 0;
    public const byte RT_TABLE_MAIN = 254;
    public const byte RT_TABLE_LOCAL = 255;
    public const byte RT_SCOPE_UNIVERSE = 0;
    public const byte RT_SCOPE_LINK = 253;
    public const byte RT_SCOPE_HOST = 254;
    public const byte RT_SCOPE_NOWHERE = 255;
    public const uint RTM_F_CLONED = 0x200;
    public const uint RTNH_F_ONLINK = 4;

    public const ushort RTA_DST = 1;
    public const ushort RTA_SRC = 2;
    public const ushort RTA_OIF = 4;
    public const ushort RTA_GATEWAY = 5;
    public const ushort RTA_PRIORITY = 6;
    public const ushort RTA_PREFSRC = 7;
    public const ushort RTA_METRICS = 8;
    public const ushort RTA_MULTIPATH = 9;
    public const ushort RTA_TABLE = 15;
    public const ushort RTA_VIA = 18;
    public const ushort RTA_NH_ID = 30;

    public const ushort RTAX_MTU = 2;
}

/// <summary>Payload of the link messages, before their attributes.</summary>
[CStruct("struct ifinfomsg", "linux/rtnetlink.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct LinkHeader
{
    public byte ifi_family;
    private byte __ifi_pad;

    /// <summary>ARPHRD_*.</summary>
    public ushort ifi_type;
    public int ifi_index;

    /// <summary>IFF_*.</summary>
    public uint ifi_flags;

    /// <summary>Which of <see cref="ifi_flags"/> a request sets; in a notification, which of them changed.</summary>
    public uint ifi_change;
}

/// <summary>Payload of the address messages, before their attributes.</summary>
[CStruct("struct ifaddrmsg", "linux/if_addr.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct AddressHeader
{
    public byte ifa_family;
    public byte ifa_prefixlen;

    /// <summary>The low byte of the flags; not used here.</summary>
    public byte ifa_flags;
    public byte ifa_scope;
    public uint ifa_index;
}

/// <summary>Payload of the route messages, before their attributes.</summary>
[CStruct("struct rtmsg", "linux/rtnetlink.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct RouteHeader
{
    public byte rtm_family;
    public byte rtm_dst_len;
    public byte rtm_src_len;
    public byte rtm_tos;
    public byte rtm_table;
    public byte rtm_protocol;
    public byte rtm_scope;
    public byte rtm_type;
    public uint rtm_flags;
}

/// <summary>Attributes of <c>linux/if_addr.h</c>.</summary>
[CHeader("linux/if_addr.h")]
internal static class LinuxIfAddr
{
    public const ushort IFA_ADDRESS = 1;
    public const ushort IFA_LOCAL = 2;
}
