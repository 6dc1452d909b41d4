using System.Runtime.InteropServices;
using Meduza.Linux.Abi;

namespace Meduza.Linux.Netlink.Abi;

/// <summary>Constants of <c>linux/genetlink.h</c>.</summary>
[CHeader("linux/genetlink.h")]
internal static class LinuxGenetlink
{
    public const ushort GENL_ID_CTRL = 16;

    /// <summary>Longest family name in bytes, its NUL included.</summary>
    public const int GENL_NAMSIZ = 16;

    public const byte CTRL_CMD_NEWFAMILY = 1;
    public const byte CTRL_CMD_GETFAMILY = 3;

    public const ushort CTRL_ATTR_FAMILY_ID = 1;
    public const ushort CTRL_ATTR_FAMILY_NAME = 2;
    public const ushort CTRL_ATTR_VERSION = 3;
    public const ushort CTRL_ATTR_MCAST_GROUPS = 7;

    public const ushort CTRL_ATTR_MCAST_GRP_NAME = 1;
    public const ushort CTRL_ATTR_MCAST_GRP_ID = 2;
}

/// <summary>Front of every generic netlink message, before its attributes.</summary>
[CStruct("struct genlmsghdr", "linux/genetlink.h")]
[StructLayout(LayoutKind.Sequential)]
internal struct GenericHeader
{
    public byte cmd;
    public byte version;
    public ushort reserved;
}
