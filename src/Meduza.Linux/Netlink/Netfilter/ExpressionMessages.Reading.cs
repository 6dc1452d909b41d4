using static Meduza.Linux.Netlink.Abi.LinuxNfExpressions;
using static Meduza.Linux.Netlink.Abi.LinuxNfTables;

namespace Meduza.Linux.Netlink.Netfilter;

/// <summary>Reading expressions back. One that says anything more than ours ever do is foreign.</summary>
internal static partial class ExpressionMessages
{
    // NFTA_LIST_ELEM { NFTA_EXPR_NAME string | NFTA_EXPR_DATA { … } }
    /// <param name="element">What is in the element.</param>
    public static RuleExpression Read(AttributeReader element)
    {
        var name = "";
        AttributeReader data = default;
        while (element.TryRead(out var attribute))
        {
            if (attribute.Type == NFTA_EXPR_NAME)
                name = attribute.Text;
            else if (attribute.Type == NFTA_EXPR_DATA)
                data = attribute.Nested;
        }
        return name switch
        {
            Meta => ReadMeta(data),
            Payload => ReadPayload(data),
            Bitwise => ReadMask(data),
            Compare => ReadCompare(data),
            Range => ReadRange(data),
            Counter => new CountPackets(),
            Immediate => ReadVerdict(data),
            Match => ReadXtables(data, isMatch: true),
            Target => ReadXtables(data, isMatch: false),
            _ => null,
        } ?? new ForeignExpression(name);
    }

    private static LoadMeta? ReadMeta(AttributeReader data)
    {
        uint? key = null, register = null;
        while (data.TryRead(out var attribute))
        {
            if (attribute.Type == NFTA_META_KEY)
                key = Number(attribute);
            else if (attribute.Type == NFTA_META_DREG)
                register = Number(attribute);
        }
        return register == NFT_REG_1 && key is { } known && Enum.IsDefined((MetaKey)known) ? new LoadMeta((MetaKey)known) : null;
    }

    private static LoadPayload? ReadPayload(AttributeReader data)
    {
        uint? register = null, start = null, offset = null, length = null, source = null;
        while (data.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case NFTA_PAYLOAD_DREG: register = Number(attribute); break;
                case NFTA_PAYLOAD_BASE: start = Number(attribute); break;
                case NFTA_PAYLOAD_OFFSET: offset = Number(attribute); break;
                case NFTA_PAYLOAD_LEN: length = Number(attribute); break;
                case NFTA_PAYLOAD_SREG: source = Number(attribute); break;
            }
        }
        return (register, source, offset, length) is (NFT_REG_1, null, { } at, { } bytes)
            && start is { } known && Enum.IsDefined((PayloadBase)known)
            ? new LoadPayload((PayloadBase)known, at, bytes)
            : null;
    }

    private static MaskRegister? ReadMask(AttributeReader data)
    {
        uint? from = null, to = null, operation = null;
        Blob mask = default, xor = default;
        while (data.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case NFTA_BITWISE_SREG: from = Number(attribute); break;
                case NFTA_BITWISE_DREG: to = Number(attribute); break;
                case NFTA_BITWISE_OP: operation = Number(attribute); break;
                case NFTA_BITWISE_MASK: mask = Value(attribute); break;
                case NFTA_BITWISE_XOR: xor = Value(attribute); break;
            }
        }
        // Kernels before 5.7 do not say the operation: they have only this one.
        return (from, to) is (NFT_REG_1, NFT_REG_1)
            && (operation ?? NFT_BITWISE_BOOL) == NFT_BITWISE_BOOL
            && !xor.Bytes.ContainsAnyExcept((byte)0)
            ? new MaskRegister(mask)
            : null;
    }

    private static CompareRegister? ReadCompare(AttributeReader data)
    {
        uint? register = null, operation = null;
        Blob value = default;
        while (data.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case NFTA_CMP_SREG: register = Number(attribute); break;
                case NFTA_CMP_OP: operation = Number(attribute); break;
                case NFTA_CMP_DATA: value = Value(attribute); break;
            }
        }
        return register == NFT_REG_1 && operation is { } known && Enum.IsDefined((Comparison)known)
            ? new CompareRegister((Comparison)known, value)
            : null;
    }

    private static RegisterInRange? ReadRange(AttributeReader data)
    {
        uint? register = null, operation = null;
        Blob from = default, to = default;
        while (data.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case NFTA_RANGE_SREG: register = Number(attribute); break;
                case NFTA_RANGE_OP: operation = Number(attribute); break;
                case NFTA_RANGE_FROM_DATA: from = Value(attribute); break;
                case NFTA_RANGE_TO_DATA: to = Value(attribute); break;
            }
        }
        return (register, operation) is (NFT_REG_1, NFT_RANGE_EQ) ? new RegisterInRange(from, to) : null;
    }

    private static Decide? ReadVerdict(AttributeReader data)
    {
        uint? register = null, code = null;
        string? chain = null;
        while (data.TryRead(out var attribute))
        {
            if (attribute.Type == NFTA_IMMEDIATE_DREG)
                register = Number(attribute);
            else if (attribute.Type == NFTA_IMMEDIATE_DATA)
                ReadVerdictData(attribute.Nested, ref code, ref chain);
        }
        return register == NFT_REG_VERDICT && code is { } known && Enum.IsDefined((VerdictCode)(int)known)
            ? new Decide((VerdictCode)(int)known, chain)
            : null;
    }

    private static void ReadVerdictData(AttributeReader data, ref uint? code, ref string? chain)
    {
        while (data.TryRead(out var outer))
        {
            if (outer.Type != NFTA_DATA_VERDICT)
                continue;
            var verdict = outer.Nested;
            while (verdict.TryRead(out var attribute))
            {
                if (attribute.Type == NFTA_VERDICT_CODE)
                    code = Number(attribute);
                else if (attribute.Type == NFTA_VERDICT_CHAIN)
                    chain = attribute.Text;
            }
        }
    }

    private static RuleExpression? ReadXtables(AttributeReader data, bool isMatch)
    {
        var name = "";
        uint? revision = null;
        Blob info = default;
        while (data.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case NFTA_MATCH_NAME: name = attribute.Text; break;
                case NFTA_MATCH_REV: revision = Number(attribute); break;
                case NFTA_MATCH_INFO: info = new Blob(attribute.Value); break;
            }
        }
        if (revision is not { } known)
            return null;
        return isMatch ? new XtablesMatch(name, known, info) : new XtablesTarget(name, known, info);
    }

    private static uint? Number(in NetlinkAttribute attribute) => attribute.TryGetBigEndian(out uint value) ? value : null;

    private static Blob Value(in NetlinkAttribute attribute)
    {
        var data = attribute.Nested;
        return data.TryRead(out var value) && value.Type == NFTA_DATA_VALUE ? new Blob(value.Value) : default;
    }
}
