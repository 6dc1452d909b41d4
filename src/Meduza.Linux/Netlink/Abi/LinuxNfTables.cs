using Meduza.Linux.Abi;

namespace Meduza.Linux.Netlink.Abi;

/// <summary>Messages, and the attributes of tables, chains and rules, of <c>linux/netfilter/nf_tables.h</c>.</summary>
[CHeader("linux/netfilter/nf_tables.h")]
internal static class LinuxNfTables
{
    public const byte NFT_MSG_NEWTABLE = 0;
    public const byte NFT_MSG_GETTABLE = 1;
    public const byte NFT_MSG_DELTABLE = 2;
    public const byte NFT_MSG_NEWCHAIN = 3;
    public const byte NFT_MSG_GETCHAIN = 4;
    public const byte NFT_MSG_DELCHAIN = 5;
    public const byte NFT_MSG_NEWRULE = 6;
    public const byte NFT_MSG_GETRULE = 7;
    public const byte NFT_MSG_DELRULE = 8;
    public const byte NFT_MSG_NEWGEN = 15;
    public const byte NFT_MSG_GETGEN = 16;

    public const ushort NFTA_GEN_ID = 1;

    public const ushort NFTA_TABLE_NAME = 1;
    public const ushort NFTA_TABLE_FLAGS = 2;

    public const ushort NFTA_CHAIN_TABLE = 1;
    public const ushort NFTA_CHAIN_NAME = 3;
    public const ushort NFTA_CHAIN_HOOK = 4;
    public const ushort NFTA_CHAIN_POLICY = 5;
    public const ushort NFTA_CHAIN_TYPE = 7;
    public const ushort NFTA_HOOK_HOOKNUM = 1;
    public const ushort NFTA_HOOK_PRIORITY = 2;

    public const ushort NFTA_RULE_TABLE = 1;
    public const ushort NFTA_RULE_CHAIN = 2;
    public const ushort NFTA_RULE_HANDLE = 3;
    public const ushort NFTA_RULE_EXPRESSIONS = 4;
    public const ushort NFTA_RULE_COMPAT = 5;
    public const ushort NFTA_RULE_USERDATA = 7;
    public const ushort NFTA_RULE_COMPAT_PROTO = 1;
    public const ushort NFTA_RULE_COMPAT_FLAGS = 2;

    public const ushort NFTA_LIST_ELEM = 1;
    public const ushort NFTA_EXPR_NAME = 1;
    public const ushort NFTA_EXPR_DATA = 2;
    public const ushort NFTA_DATA_VALUE = 1;
    public const ushort NFTA_DATA_VERDICT = 2;
    public const ushort NFTA_VERDICT_CODE = 1;
    public const ushort NFTA_VERDICT_CHAIN = 2;

    public const uint NFT_REG_VERDICT = 0;
    public const uint NFT_REG_1 = 1;

    public const int NFT_USERDATA_MAXLEN = 256;
    public const int NFT_NAME_MAXLEN = 256;
}

/// <summary>The attributes of the single expressions, of <c>linux/netfilter/nf_tables.h</c> and <c>nf_tables_compat.h</c>.</summary>
[CHeader("linux/netfilter/nf_tables.h linux/netfilter/nf_tables_compat.h")]
internal static class LinuxNfExpressions
{
    public const ushort NFTA_META_DREG = 1;
    public const ushort NFTA_META_KEY = 2;

    public const ushort NFTA_CMP_SREG = 1;
    public const ushort NFTA_CMP_OP = 2;
    public const ushort NFTA_CMP_DATA = 3;

    public const ushort NFTA_RANGE_SREG = 1;
    public const ushort NFTA_RANGE_OP = 2;
    public const ushort NFTA_RANGE_FROM_DATA = 3;
    public const ushort NFTA_RANGE_TO_DATA = 4;
    public const uint NFT_RANGE_EQ = 0;

    public const ushort NFTA_PAYLOAD_DREG = 1;
    public const ushort NFTA_PAYLOAD_BASE = 2;
    public const ushort NFTA_PAYLOAD_OFFSET = 3;
    public const ushort NFTA_PAYLOAD_LEN = 4;
    public const ushort NFTA_PAYLOAD_SREG = 5;

    public const ushort NFTA_BITWISE_SREG = 1;
    public const ushort NFTA_BITWISE_DREG = 2;
    public const ushort NFTA_BITWISE_LEN = 3;
    public const ushort NFTA_BITWISE_MASK = 4;
    public const ushort NFTA_BITWISE_XOR = 5;
    public const ushort NFTA_BITWISE_OP = 6;
    /// <summary>Newer headers say <c>NFT_BITWISE_MASK_XOR</c>, and keep this name too.</summary>
    public const uint NFT_BITWISE_BOOL = 0;

    public const ushort NFTA_IMMEDIATE_DREG = 1;
    public const ushort NFTA_IMMEDIATE_DATA = 2;

    public const ushort NFTA_COUNTER_BYTES = 1;
    public const ushort NFTA_COUNTER_PACKETS = 2;

    public const ushort NFTA_TARGET_NAME = 1;
    public const ushort NFTA_TARGET_REV = 2;
    public const ushort NFTA_TARGET_INFO = 3;
    public const ushort NFTA_MATCH_NAME = 1;
    public const ushort NFTA_MATCH_REV = 2;
    public const ushort NFTA_MATCH_INFO = 3;
}
