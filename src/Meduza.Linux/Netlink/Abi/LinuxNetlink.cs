using System.Runtime.InteropServices;
using Meduza.Linux.Abi;

namespace Meduza.Linux.Netlink.Abi;

/// <summary>Constants of <c>linux/netlink.h</c>.</summary>
[CHeader("linux/netlink.h")]
internal static class LinuxNetlink
{
    public const int NETLINK_ROUTE = 0;
    public const int NETLINK_GENERIC = 16;

    public const ushort NLM_F_REQUEST = 0x01;
    public const ushort NLM_F_MULTI = 0x02;
    public const ushort NLM_F_ACK = 0x04;
    public const ushort NLM_F_DUMP_INTR = 0x10;
    public const ushort NLM_F_REPLACE = 0x100;
    public const ushort NLM_F_CAPPED = 0x100;
    public const ushort NLM_F_ACK_TLVS = 0x200;
    public const ushort NLM_F_EXCL = 0x200;
    public const ushort NLM_F_DUMP = 0x300;
    public const ushort NLM_F_CREATE = 0x400;
    public const ushort NLM_F_APPEND = 0x800;

    public const ushort NLMSG_NOOP = 1;
    public const ushort NLMSG_ERROR = 2;
    public const ushort NLMSG_DONE = 3;
    public const ushort NLMSG_OVERRUN = 4;

    public const ushort NLA_F_NESTED = 0x8000;
    public const ushort NLA_F_NET_BYTEORDER = 0x4000;

    public const ushort NLMSGERR_ATTR_MSG = 1;
    public const ushort NLMSGERR_ATTR_OFFS = 2;

    public const int NETLINK_ADD_MEMBERSHIP = 1;
    public const int NETLINK_CAP_ACK = 10;
    public const int NETLINK_EXT_ACK = 11;
    public const int NETLINK_GET_STRICT_CHK = 12;
}

/// <summary>Front of every message.</summary>
[CStruct("struct nlmsghdr", "linux/netlink.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkHeader
{
    /// <summary>Length with this header, without the padding that follows.</summary>
    public uint nlmsg_len;
    public ushort nlmsg_type;
    public ushort nlmsg_flags;
    public uint nlmsg_seq;
    public uint nlmsg_pid;
}

/// <summary>Front of every attribute.</summary>
[CStruct("struct nlattr", "linux/netlink.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct AttributeHeader
{
    /// <summary>Length with this header, without the padding that follows.</summary>
    public ushort nla_len;
    public ushort nla_type;
}

/// <summary>Payload of <c>NLMSG_ERROR</c>: the errno, negated, and the header of the request that it answers.</summary>
[CStruct("struct nlmsgerr", "linux/netlink.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkError
{
    public int error;
    public NetlinkHeader msg;
}

/// <summary>Address of a netlink socket; the kernel's has port 0.</summary>
[CStruct("struct sockaddr_nl", "linux/netlink.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkAddress
{
    public ushort nl_family;
    public ushort nl_pad;
    public uint nl_pid;
    public uint nl_groups;
}
