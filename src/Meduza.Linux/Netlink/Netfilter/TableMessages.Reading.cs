using System.Collections.Immutable;
using System.Text;
using Meduza.Linux.Netlink.Abi;
using static Meduza.Linux.Netlink.Abi.LinuxNfTables;

namespace Meduza.Linux.Netlink.Netfilter;

/// <summary>Reading what the kernel has, and what it tells of changes.</summary>
internal static partial class TableMessages
{
    /// <summary>Reads <c>NEWGEN</c>: the generation of the rule set, which every transaction makes a new one of.</summary>
    public static bool TryParseGeneration(in Message message, out uint generation)
    {
        generation = 0;
        if (!TryRead(message, NFT_MSG_NEWGEN, out _, out var attributes))
            return false;
        while (attributes.TryRead(out var attribute))
        {
            if (attribute.Type == NFTA_GEN_ID && attribute.TryGetBigEndian(out generation))
                return true;
        }
        return false;
    }

    /// <summary>Reads <c>NEWTABLE</c>: the name.</summary>
    public static bool TryParseTable(in Message message, out string name)
    {
        name = "";
        if (!TryRead(message, NFT_MSG_NEWTABLE, out _, out var attributes))
            return false;
        while (attributes.TryRead(out var attribute))
        {
            if (attribute.Type == NFTA_TABLE_NAME)
                name = attribute.Text;
        }
        return name.Length > 0;
    }

    /// <summary>Reads <c>NEWCHAIN</c>.</summary>
    public static bool TryParseChain(in Message message, out InstalledChain chain)
    {
        chain = null!;
        if (!TryRead(message, NFT_MSG_NEWCHAIN, out var header, out var attributes))
            return false;
        string table = "", name = "";
        var isBase = false;
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case NFTA_CHAIN_TABLE: table = attribute.Text; break;
                case NFTA_CHAIN_NAME: name = attribute.Text; break;
                case NFTA_CHAIN_HOOK: isBase = true; break;
            }
        }
        chain = new InstalledChain((NetfilterFamily)header.nfgen_family, table, name, isBase);
        return name.Length > 0;
    }

    /// <summary>Reads <c>NEWRULE</c>.</summary>
    public static bool TryParseRule(in Message message, out InstalledRule rule)
    {
        rule = null!;
        if (!TryRead(message, NFT_MSG_NEWRULE, out _, out var attributes))
            return false;
        var chain = "";
        ulong handle = 0;
        string? comment = null;
        var expressions = ImmutableArray.CreateBuilder<RuleExpression>();
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case NFTA_RULE_CHAIN: chain = attribute.Text; break;
                case NFTA_RULE_HANDLE: attribute.TryGetBigEndian(out handle); break;
                case NFTA_RULE_USERDATA: comment = ReadComment(attribute.Value); break;
                case NFTA_RULE_EXPRESSIONS: ReadExpressions(attribute.Nested, expressions); break;
            }
        }
        rule = new InstalledRule(chain, handle, new Rule(expressions.ToImmutable()) { Comment = comment });
        return chain.Length > 0;
    }

    /// <summary>Reads a notification: which table something was done in.</summary>
    /// <returns>False for what is about no table, or about one of another family.</returns>
    public static bool TryParseChange(in Message message, out TableChange change)
    {
        change = default;
        if (message.Type >> 8 != Subsystem
            || !message.TryRead<NetfilterHeader>(out var header, out var attributes)
            || !Enum.IsDefined((NetfilterFamily)header.nfgen_family)
            || (byte)message.Type == NFT_MSG_NEWGEN)
            return false;
        // The name of the table is the first attribute of a table's, a chain's, a rule's and a set's messages alike.
        while (attributes.TryRead(out var attribute))
        {
            if (attribute.Type != NFTA_RULE_TABLE)
                continue;
            change = new TableChange((NetfilterFamily)header.nfgen_family, attribute.Text, Missed: false);
            return true;
        }
        return false;
    }

    private static bool TryRead(in Message message, byte type, out NetfilterHeader header, out AttributeReader attributes)
    {
        header = default;
        attributes = default;
        return message.Type == NetfilterMessage.Type(Subsystem, type) && message.TryRead(out header, out attributes);
    }

    private static void ReadExpressions(AttributeReader list, ImmutableArray<RuleExpression>.Builder expressions)
    {
        while (list.TryRead(out var element))
        {
            if (element.Type == NFTA_LIST_ELEM)
                expressions.Add(ExpressionMessages.Read(element.Nested));
        }
    }

    // A row of u8 type | u8 length | bytes; of the types only the comment's is read.
    private static string? ReadComment(ReadOnlySpan<byte> data)
    {
        while (data.Length >= 2 && data[1] <= data.Length - 2)
        {
            var value = data.Slice(2, data[1]);
            if (data[0] == CommentType)
                return Encoding.UTF8.GetString(value.TrimEnd((byte)0));
            data = data[(2 + data[1])..];
        }
        return null;
    }
}
