using static Meduza.Linux.Netlink.Abi.LinuxNfExpressions;
using static Meduza.Linux.Netlink.Abi.LinuxNfTables;

namespace Meduza.Linux.Netlink.Netfilter;

/// <summary>Expressions as they stand in a rule's message, each an element of <c>NFTA_RULE_EXPRESSIONS</c>.</summary>
internal static partial class ExpressionMessages
{
    private const string Meta = "meta", Payload = "payload", Bitwise = "bitwise", Compare = "cmp", Range = "range",
        Counter = "counter", Immediate = "immediate", Match = "match", Target = "target";

    /// <summary>Bytes that are enough for one, its own text and info aside.</summary>
    public const int FixedLength = 160;

    // NFTA_LIST_ELEM { NFTA_EXPR_NAME string | NFTA_EXPR_DATA { … } }
    public static void Write(ref MessageWriter writer, RuleExpression expression)
    {
        var element = writer.BeginNested(NFTA_LIST_ELEM);
        writer.WriteAttribute(NFTA_EXPR_NAME, NameOf(expression));
        var data = writer.BeginNested(NFTA_EXPR_DATA);
        switch (expression)
        {
            case LoadMeta meta: WriteMeta(ref writer, meta); break;
            case LoadPayload payload: WritePayload(ref writer, payload); break;
            case MaskRegister mask: WriteMask(ref writer, mask); break;
            case CompareRegister compare: WriteCompare(ref writer, compare); break;
            case RegisterInRange range: WriteRange(ref writer, range); break;
            case CountPackets: WriteCounter(ref writer); break;
            case Decide decide: WriteVerdict(ref writer, decide); break;
            case XtablesMatch match: WriteXtables(ref writer, match.Name, match.Revision, match.Info); break;
            case XtablesTarget target: WriteXtables(ref writer, target.Name, target.Revision, target.Info); break;
        }
        writer.EndNested(data);
        writer.EndNested(element);
    }

    /// <summary>How much room its text and info take, in bytes.</summary>
    public static int VariableLength(RuleExpression expression) => expression switch
    {
        Decide { Chain: { } chain } => 4 * chain.Length,
        XtablesMatch match => match.Info.Bytes.Length + 4 * match.Name.Length,
        XtablesTarget target => target.Info.Bytes.Length + 4 * target.Name.Length,
        CompareRegister compare => compare.Value.Bytes.Length,
        _ => 0,
    };

    private static string NameOf(RuleExpression expression) => expression switch
    {
        LoadMeta => Meta,
        LoadPayload => Payload,
        MaskRegister => Bitwise,
        CompareRegister => Compare,
        RegisterInRange => Range,
        CountPackets => Counter,
        Decide => Immediate,
        XtablesMatch => Match,
        XtablesTarget => Target,
        _ => throw new ArgumentException($"an expression that is only read: {expression}", nameof(expression)),
    };

    // KEY be32 | DREG be32
    private static void WriteMeta(ref MessageWriter writer, LoadMeta meta)
    {
        writer.WriteBigEndian(NFTA_META_KEY, (uint)meta.Key);
        writer.WriteBigEndian(NFTA_META_DREG, NFT_REG_1);
    }

    // DREG be32 | BASE be32 | OFFSET be32 | LEN be32
    private static void WritePayload(ref MessageWriter writer, LoadPayload payload)
    {
        writer.WriteBigEndian(NFTA_PAYLOAD_DREG, NFT_REG_1);
        writer.WriteBigEndian(NFTA_PAYLOAD_BASE, (uint)payload.Base);
        writer.WriteBigEndian(NFTA_PAYLOAD_OFFSET, payload.Offset);
        writer.WriteBigEndian(NFTA_PAYLOAD_LEN, payload.Length);
    }

    // SREG be32 | DREG be32 | LEN be32 | MASK { VALUE } | XOR { VALUE: zeros }
    private static void WriteMask(ref MessageWriter writer, MaskRegister mask)
    {
        writer.WriteBigEndian(NFTA_BITWISE_SREG, NFT_REG_1);
        writer.WriteBigEndian(NFTA_BITWISE_DREG, NFT_REG_1);
        writer.WriteBigEndian(NFTA_BITWISE_LEN, (uint)mask.Mask.Bytes.Length);
        WriteValue(ref writer, NFTA_BITWISE_MASK, mask.Mask.Bytes);
        WriteValue(ref writer, NFTA_BITWISE_XOR, new byte[mask.Mask.Bytes.Length]);
    }

    // SREG be32 | OP be32 | DATA { VALUE }
    private static void WriteCompare(ref MessageWriter writer, CompareRegister compare)
    {
        writer.WriteBigEndian(NFTA_CMP_SREG, NFT_REG_1);
        writer.WriteBigEndian(NFTA_CMP_OP, (uint)compare.Comparison);
        WriteValue(ref writer, NFTA_CMP_DATA, compare.Value.Bytes);
    }

    // SREG be32 | OP be32 | FROM { VALUE } | TO { VALUE }
    private static void WriteRange(ref MessageWriter writer, RegisterInRange range)
    {
        writer.WriteBigEndian(NFTA_RANGE_SREG, NFT_REG_1);
        writer.WriteBigEndian(NFTA_RANGE_OP, NFT_RANGE_EQ);
        WriteValue(ref writer, NFTA_RANGE_FROM_DATA, range.From.Bytes);
        WriteValue(ref writer, NFTA_RANGE_TO_DATA, range.To.Bytes);
    }

    // BYTES be64 | PACKETS be64
    private static void WriteCounter(ref MessageWriter writer)
    {
        writer.WriteBigEndian(NFTA_COUNTER_BYTES, 0UL);
        writer.WriteBigEndian(NFTA_COUNTER_PACKETS, 0UL);
    }

    // DREG be32: verdict | DATA { VERDICT { CODE be32 | CHAIN string } }
    private static void WriteVerdict(ref MessageWriter writer, Decide decide)
    {
        writer.WriteBigEndian(NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
        var data = writer.BeginNested(NFTA_IMMEDIATE_DATA);
        var verdict = writer.BeginNested(NFTA_DATA_VERDICT);
        writer.WriteBigEndian(NFTA_VERDICT_CODE, unchecked((uint)(int)decide.Code));
        if (decide.Chain is { } chain)
            writer.WriteAttribute(NFTA_VERDICT_CHAIN, chain);
        writer.EndNested(verdict);
        writer.EndNested(data);
    }

    // NAME string | REV be32 | INFO bytes; the same numbers for matches and targets
    private static void WriteXtables(ref MessageWriter writer, string name, uint revision, Blob info)
    {
        writer.WriteAttribute(NFTA_MATCH_NAME, name);
        writer.WriteBigEndian(NFTA_MATCH_REV, revision);
        writer.WriteAttribute(NFTA_MATCH_INFO, info.Bytes);
    }

    private static void WriteValue(ref MessageWriter writer, ushort type, scoped ReadOnlySpan<byte> value)
    {
        var data = writer.BeginNested(type);
        writer.WriteAttribute(NFTA_DATA_VALUE, value);
        writer.EndNested(data);
    }
}
