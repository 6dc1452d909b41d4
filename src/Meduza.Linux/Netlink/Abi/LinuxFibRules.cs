using System.Runtime.InteropServices;
using Meduza.Linux.Abi;

namespace Meduza.Linux.Netlink.Abi;

/// <summary>Constants of <c>linux/fib_rules.h</c>.</summary>
[CHeader("linux/fib_rules.h")]
internal static class LinuxFibRules
{
    public const uint FIB_RULE_INVERT = 0x00000002;

    public const ushort FRA_DST = 1;
    public const ushort FRA_SRC = 2;
    public const ushort FRA_IIFNAME = 3;
    public const ushort FRA_GOTO = 4;
    public const ushort FRA_PRIORITY = 6;
    public const ushort FRA_FWMARK = 10;
    public const ushort FRA_SUPPRESS_PREFIXLEN = 14;
    public const ushort FRA_TABLE = 15;
    public const ushort FRA_FWMASK = 16;
    public const ushort FRA_OIFNAME = 17;
    public const ushort FRA_PROTOCOL = 21;
}

/// <summary>Payload of the rule messages, before their attributes.</summary>
[CStruct("struct fib_rule_hdr", "linux/fib_rules.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct RuleHeader
{
    public byte family;
    public byte dst_len;
    public byte src_len;
    public byte tos;

    /// <summary>The low byte of the table where it fits; the whole is in <c>FRA_TABLE</c>.</summary>
    public byte table;
    private byte res1;
    private byte res2;
    public byte action;
    public uint flags;
}
