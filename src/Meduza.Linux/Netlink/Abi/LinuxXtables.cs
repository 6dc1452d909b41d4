using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Meduza.Linux.Abi;

namespace Meduza.Linux.Netlink.Abi;

/// <summary>Constants of the matches and targets of xtables.</summary>
[CHeader("linux/netfilter.h linux/netfilter/ipset/ip_set.h linux/netfilter/nf_conntrack_common.h linux/netfilter/nf_nat.h"
    + " linux/netfilter/xt_conntrack.h linux/netfilter/xt_addrtype.h")]
internal static class LinuxXtables
{
    public const byte IPSET_DIM_ONE = 1;
    public const byte IPSET_DIM_ONE_SRC = 1 << 1;

    public const ushort XT_CONNTRACK_STATE = 1 << 0;
    public const ushort XT_CONNTRACK_ORIGSRC = 1 << 2;
    public const ushort XT_CONNTRACK_ORIGDST_PORT = 1 << 9;
    public const ushort XT_CONNTRACK_STATE_DNAT = 1 << 7;

    public const ushort XT_ADDRTYPE_LOCAL = 1 << 2;

    public const uint NF_NAT_RANGE_MAP_IPS = 1 << 0;
    public const uint NF_NAT_RANGE_PROTO_SPECIFIED = 1 << 1;
}

/// <summary>Room for an address of either family; an IPv4 one takes the first four bytes.</summary>
[CStruct("union nf_inet_addr", "linux/netfilter.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct InternetAddress
{
    [CName("all")] public AddressWords Words;

    [InlineArray(4)]
    internal struct AddressWords
    {
        private uint _first;
    }

    public static InternetAddress Of(ReadOnlySpan<byte> bytes)
    {
        InternetAddress address = default;
        bytes.CopyTo(MemoryMarshal.AsBytes((Span<uint>)address.Words));
        return address;
    }
}

/// <summary>Target <c>TPROXY</c>, revision 1.</summary>
[CStruct("struct xt_tproxy_target_info_v1", "linux/netfilter/xt_TPROXY.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct TproxyInfo
{
    public uint mark_mask;
    public uint mark_value;
    public InternetAddress laddr;

    /// <summary>In network order.</summary>
    public ushort lport;
}

/// <summary>Match <c>set</c>, revision 4.</summary>
[CStruct("struct xt_set_info_match_v4", "linux/netfilter/xt_set.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct SetMatchInfo
{
    [CName("match_set.index")] public ushort index;
    [CName("match_set.dim")] public byte dim;
    [CName("match_set.flags")] public byte set_flags;
    public SetCounterMatch packets;
    public SetCounterMatch bytes;
    public uint flags;
}

/// <summary>What a counter of a set's member must be; zeros: anything.</summary>
[CStruct("struct ip_set_counter_match", "linux/netfilter/ipset/ip_set.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct SetCounterMatch
{
    public ulong value;
    public byte op;
}

/// <summary>Match <c>conntrack</c>, revision 3. Ports are in the byte order of the machine, addresses in that of the network.</summary>
[CStruct("struct xt_conntrack_mtinfo3", "linux/netfilter/xt_conntrack.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct ConntrackInfo
{
    public InternetAddress origsrc_addr, origsrc_mask;
    public InternetAddress origdst_addr, origdst_mask;
    public InternetAddress replsrc_addr, replsrc_mask;
    public InternetAddress repldst_addr, repldst_mask;
    public uint expires_min, expires_max;
    public ushort l4proto;
    public ushort origsrc_port, origdst_port;
    public ushort replsrc_port, repldst_port;
    public ushort match_flags, invert_flags;
    public ushort state_mask, status_mask;
    public ushort origsrc_port_high, origdst_port_high;
    public ushort replsrc_port_high, repldst_port_high;
}

/// <summary>Match <c>addrtype</c>, revision 1.</summary>
[CStruct("struct xt_addrtype_info_v1", "linux/netfilter/xt_addrtype.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct AddressTypeInfo
{
    public ushort source;
    public ushort dest;
    public uint flags;
}

/// <summary>Targets <c>NETMAP</c> and <c>MASQUERADE</c> of IPv4, revision 0.</summary>
[CStruct("struct nf_nat_ipv4_multi_range_compat", "linux/netfilter/nf_nat.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct NatIpv4Info
{
    /// <summary>1: how many ranges follow.</summary>
    public uint rangesize;
    [CName("range[0].flags")] public uint flags;
    [CName("range[0].min_ip")] public uint min_ip;
    [CName("range[0].max_ip")] public uint max_ip;
    [CName("range[0].min")] public ushort min;
    [CName("range[0].max")] public ushort max;
}

/// <summary>Target <c>MASQUERADE</c> of IPv6, revision 0.</summary>
[CStruct("struct nf_nat_range", "linux/netfilter/nf_nat.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct NatRange
{
    public uint flags;
    public InternetAddress min_addr;
    public InternetAddress max_addr;
    public ushort min_proto;
    public ushort max_proto;
}

/// <summary>Target <c>DNAT</c> of both families, revision 2. Ports are in network order.</summary>
[CStruct("struct nf_nat_range2", "linux/netfilter/nf_nat.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct NatRange2
{
    public uint flags;
    public InternetAddress min_addr;
    public InternetAddress max_addr;
    public ushort min_proto;
    public ushort max_proto;
    public ushort base_proto;
}
