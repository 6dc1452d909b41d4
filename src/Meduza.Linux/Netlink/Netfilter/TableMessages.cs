using System.Text;
using Meduza.Linux.Netlink.Abi;
using static Meduza.Linux.Netlink.Abi.LinuxNetlink;
using static Meduza.Linux.Netlink.Abi.LinuxNfTables;

namespace Meduza.Linux.Netlink.Netfilter;

/// <summary>The messages about generations, tables, chains and rules of nf_tables (<c>linux/netfilter/nf_tables.h</c>).</summary>
internal static partial class TableMessages
{
    private const byte Subsystem = LinuxNfnetlink.NFNL_SUBSYS_NFTABLES;
    private const byte AnyFamily = 0;

    // NF_ACCEPT
    private const uint Accept = (uint)VerdictCode.Accept;

    // enum nftnl_udata_rule_types of libnftnl: what nft and iptables-nft take for a rule's comment.
    private const byte CommentType = 0;
    private const int MaxComment = 128;

    /// <summary>Room for any of these, but for a new rule, in bytes: two names of the longest kind, and numbers.</summary>
    public const int MaxLength = 1024;

    // nlmsghdr GETGEN | nfgenmsg
    public static void WriteGetGeneration(ref MessageWriter writer) =>
        writer.EndMessage(Begin(ref writer, NFT_MSG_GETGEN, NLM_F_REQUEST, AnyFamily));

    // nlmsghdr GETTABLE | nfgenmsg: family
    public static void WriteDumpTables(ref MessageWriter writer, NetfilterFamily family) =>
        writer.EndMessage(Begin(ref writer, NFT_MSG_GETTABLE, NLM_F_REQUEST, (byte)family));

    // nlmsghdr GETCHAIN | nfgenmsg: family
    public static void WriteDumpChains(ref MessageWriter writer, NetfilterFamily family) =>
        writer.EndMessage(Begin(ref writer, NFT_MSG_GETCHAIN, NLM_F_REQUEST, (byte)family));

    // nlmsghdr GETRULE | nfgenmsg: family | TABLE string
    public static void WriteDumpRules(ref MessageWriter writer, NetfilterFamily family, string table)
    {
        var message = Begin(ref writer, NFT_MSG_GETRULE, NLM_F_REQUEST, (byte)family);
        writer.WriteAttribute(NFTA_RULE_TABLE, table);
        writer.EndMessage(message);
    }

    // nlmsghdr NEWTABLE, CREATE | nfgenmsg: family | NAME string
    /// <summary>One that is there already is no error.</summary>
    public static void WriteNewTable(ref MessageWriter writer, NetfilterFamily family, string table)
    {
        var message = Begin(ref writer, NFT_MSG_NEWTABLE, NLM_F_REQUEST | NLM_F_CREATE, (byte)family);
        writer.WriteAttribute(NFTA_TABLE_NAME, table);
        writer.EndMessage(message);
    }

    // nlmsghdr NEWCHAIN, CREATE | nfgenmsg: family | TABLE string | NAME string
    // | HOOK { HOOKNUM be32 | PRIORITY be32 } | POLICY be32 | TYPE string
    public static void WriteNewChain(ref MessageWriter writer, NetfilterFamily family, string table, BaseChain chain)
    {
        var message = Begin(ref writer, NFT_MSG_NEWCHAIN, NLM_F_REQUEST | NLM_F_CREATE, (byte)family);
        writer.WriteAttribute(NFTA_CHAIN_TABLE, table);
        writer.WriteAttribute(NFTA_CHAIN_NAME, chain.Name);
        var hook = writer.BeginNested(NFTA_CHAIN_HOOK);
        writer.WriteBigEndian(NFTA_HOOK_HOOKNUM, (uint)chain.Hook);
        writer.WriteBigEndian(NFTA_HOOK_PRIORITY, unchecked((uint)chain.Priority));
        writer.EndNested(hook);
        writer.WriteBigEndian(NFTA_CHAIN_POLICY, Accept);
        writer.WriteAttribute(NFTA_CHAIN_TYPE, chain.Type);
        writer.EndMessage(message);
    }

    // nlmsghdr NEWCHAIN, EXCL | nfgenmsg: family | TABLE string | NAME string
    /// <summary>A chain that is only jumped to; one that is there already is an error (<c>EEXIST</c>).</summary>
    public static void WriteNewChain(ref MessageWriter writer, NetfilterFamily family, string table, string chain)
    {
        var message = Begin(ref writer, NFT_MSG_NEWCHAIN, NLM_F_REQUEST | NLM_F_EXCL, (byte)family);
        writer.WriteAttribute(NFTA_CHAIN_TABLE, table);
        writer.WriteAttribute(NFTA_CHAIN_NAME, chain);
        writer.EndMessage(message);
    }

    // nlmsghdr DELCHAIN | nfgenmsg: family | TABLE string | NAME string
    public static void WriteDeleteChain(ref MessageWriter writer, NetfilterFamily family, string table, string chain)
    {
        var message = Begin(ref writer, NFT_MSG_DELCHAIN, NLM_F_REQUEST, (byte)family);
        writer.WriteAttribute(NFTA_CHAIN_TABLE, table);
        writer.WriteAttribute(NFTA_CHAIN_NAME, chain);
        writer.EndMessage(message);
    }

    // nlmsghdr DELRULE | nfgenmsg: family | TABLE string | CHAIN string
    public static void WriteFlushChain(ref MessageWriter writer, NetfilterFamily family, string table, string chain)
    {
        var message = Begin(ref writer, NFT_MSG_DELRULE, NLM_F_REQUEST, (byte)family);
        writer.WriteAttribute(NFTA_RULE_TABLE, table);
        writer.WriteAttribute(NFTA_RULE_CHAIN, chain);
        writer.EndMessage(message);
    }

    // nlmsghdr DELRULE | nfgenmsg: family | TABLE string | CHAIN string | HANDLE be64
    public static void WriteDeleteRule(ref MessageWriter writer, NetfilterFamily family, string table, string chain, ulong handle)
    {
        var message = Begin(ref writer, NFT_MSG_DELRULE, NLM_F_REQUEST, (byte)family);
        writer.WriteAttribute(NFTA_RULE_TABLE, table);
        writer.WriteAttribute(NFTA_RULE_CHAIN, chain);
        writer.WriteBigEndian(NFTA_RULE_HANDLE, handle);
        writer.EndMessage(message);
    }

    // nlmsghdr NEWRULE, CREATE, APPEND | nfgenmsg: family | TABLE string | CHAIN string | EXPRESSIONS { ELEM { … } … }
    // | COMPAT { PROTO be32 | FLAGS be32 } | USERDATA bytes
    /// <summary>A rule at the end of a chain.</summary>
    public static void WriteNewRule(ref MessageWriter writer, NetfilterFamily family, string table, string chain, Rule rule)
    {
        var message = Begin(ref writer, NFT_MSG_NEWRULE, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_APPEND, (byte)family);
        writer.WriteAttribute(NFTA_RULE_TABLE, table);
        writer.WriteAttribute(NFTA_RULE_CHAIN, chain);
        var expressions = writer.BeginNested(NFTA_RULE_EXPRESSIONS);
        foreach (var expression in rule.Expressions)
            ExpressionMessages.Write(ref writer, expression);
        writer.EndNested(expressions);
        var compat = writer.BeginNested(NFTA_RULE_COMPAT);
        writer.WriteBigEndian(NFTA_RULE_COMPAT_PROTO, (uint)(rule.Protocol ?? 0));
        writer.WriteBigEndian(NFTA_RULE_COMPAT_FLAGS, 0u);
        writer.EndNested(compat);
        if (rule.Comment is { } comment)
            WriteComment(ref writer, comment);
        writer.EndMessage(message);
    }

    /// <summary>Room for a rule, in bytes.</summary>
    public static int LengthOf(Rule rule) =>
        MaxLength + rule.Expressions.Sum(e => ExpressionMessages.FixedLength + ExpressionMessages.VariableLength(e));

    // u8 type = comment | u8 length | text, NUL
    private static void WriteComment(ref MessageWriter writer, string comment)
    {
        Span<byte> data = stackalloc byte[NFT_USERDATA_MAXLEN];
        var length = Encoding.UTF8.GetBytes(comment, data[2..]) + 1;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length - 1, MaxComment, nameof(comment));
        data[0] = CommentType;
        data[1] = (byte)length;
        writer.WriteAttribute(NFTA_RULE_USERDATA, data[..(length + 2)]);
    }

    private static WriteToken Begin(ref MessageWriter writer, byte message, ushort flags, byte family) =>
        NetfilterMessage.Begin(ref writer, Subsystem, message, flags, family);
}
