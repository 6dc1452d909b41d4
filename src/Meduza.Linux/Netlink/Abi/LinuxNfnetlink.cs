using System.Runtime.InteropServices;
using Meduza.Linux.Abi;

namespace Meduza.Linux.Netlink.Abi;

/// <summary>Constants of <c>linux/netfilter/nfnetlink.h</c>, and the number of its protocol.</summary>
[CHeader("linux/netlink.h linux/netfilter/nfnetlink.h")]
internal static class LinuxNfnetlink
{
    public const int NETLINK_NETFILTER = 12;

    public const byte NFNL_SUBSYS_IPSET = 6;
    public const byte NFNL_SUBSYS_NFTABLES = 10;

    public const ushort NFNL_MSG_BATCH_BEGIN = 16;
    public const ushort NFNL_MSG_BATCH_END = 17;
    public const ushort NFNL_BATCH_GENID = 1;

    public const uint NFNLGRP_NFTABLES = 7;
}

/// <summary>Front of every message of netfilter.</summary>
[CStruct("struct nfgenmsg", "linux/netfilter/nfnetlink.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct NetfilterHeader
{
    public byte nfgen_family;
    public byte version;

    /// <summary>In network order: the subsystem, in the two messages around a batch.</summary>
    public ushort res_id;
}
