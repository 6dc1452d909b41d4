using Meduza.Linux.Abi;

namespace Meduza.Linux.Netlink.Abi;

/// <summary>Constants of <c>linux/netfilter/ipset/ip_set.h</c>.</summary>
[CHeader("linux/netfilter/ipset/ip_set.h")]
internal static class LinuxIpSet
{
    public const byte IPSET_PROTOCOL = 7;

    /// <summary>Longest name in bytes, its NUL included.</summary>
    public const int IPSET_MAXNAMELEN = 32;

    public const byte IPSET_CMD_CREATE = 2;
    public const byte IPSET_CMD_DESTROY = 3;
    public const byte IPSET_CMD_SWAP = 6;
    public const byte IPSET_CMD_LIST = 7;
    public const byte IPSET_CMD_ADD = 9;
    public const byte IPSET_CMD_GET_BYNAME = 14;

    public const ushort IPSET_ATTR_PROTOCOL = 1;
    public const ushort IPSET_ATTR_SETNAME = 2;
    public const ushort IPSET_ATTR_TYPENAME = 3;
    public const ushort IPSET_ATTR_SETNAME2 = 3;
    public const ushort IPSET_ATTR_REVISION = 4;
    public const ushort IPSET_ATTR_FAMILY = 5;
    public const ushort IPSET_ATTR_DATA = 7;
    public const ushort IPSET_ATTR_ADT = 8;
    public const ushort IPSET_ATTR_LINENO = 9;
    public const ushort IPSET_ATTR_INDEX = 11;

    public const ushort IPSET_ATTR_IP = 1;
    public const ushort IPSET_ATTR_CIDR = 3;
    public const ushort IPSET_ATTR_CADT_LINENO = 9;
    public const ushort IPSET_ATTR_MAXELEM = 19;
    public const ushort IPSET_ATTR_IPADDR_IPV4 = 1;
    public const ushort IPSET_ATTR_IPADDR_IPV6 = 2;

    public const int IPSET_ERR_PRIVATE = 4096;
    public const int IPSET_ERR_PROTOCOL = 4097;
    public const int IPSET_ERR_FIND_TYPE = 4098;
    public const int IPSET_ERR_MAX_SETS = 4099;
    public const int IPSET_ERR_BUSY = 4100;
    public const int IPSET_ERR_EXIST_SETNAME2 = 4101;
    public const int IPSET_ERR_TYPE_MISMATCH = 4102;
    public const int IPSET_ERR_EXIST = 4103;
    public const int IPSET_ERR_INVALID_CIDR = 4104;
    public const int IPSET_ERR_REFERENCED = 4108;
}
