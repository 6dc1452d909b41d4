using Meduza.Linux.Abi;

namespace Meduza.Linux.Netlink.Netfilter;

/// <summary>
/// One step of a rule: it loads something into the register, compares what is there, or decides. Those that iptables
/// writes, and so can show; all of them use the one register that iptables uses (<c>NFT_REG_1</c>).
/// </summary>
public abstract record RuleExpression;

/// <summary>What the kernel knows about a packet (<c>NFT_META_*</c>).</summary>
[CHeader("linux/netfilter/nf_tables.h")]
public enum MetaKey : uint
{
    /// <summary>Name of the device that it came in by.</summary>
    [CName("NFT_META_IIFNAME")]
    InDevice = 6,

    /// <summary>Name of the device that it goes out by.</summary>
    [CName("NFT_META_OIFNAME")]
    OutDevice = 7,

    /// <summary>Transport protocol.</summary>
    [CName("NFT_META_L4PROTO")]
    TransportProtocol = 16,
}

/// <summary>Loads what the kernel knows about the packet.</summary>
public sealed record LoadMeta(MetaKey Key) : RuleExpression;

/// <summary>A header of a packet (<c>NFT_PAYLOAD_*</c>).</summary>
[CHeader("linux/netfilter/nf_tables.h")]
public enum PayloadBase : uint
{
    [CName("NFT_PAYLOAD_NETWORK_HEADER")]
    Network = 1,

    [CName("NFT_PAYLOAD_TRANSPORT_HEADER")]
    Transport = 2,
}

/// <summary>Loads bytes of the packet itself.</summary>
/// <param name="Offset">In bytes from the header's beginning.</param>
/// <param name="Length">In bytes.</param>
public sealed record LoadPayload(PayloadBase Base, uint Offset, uint Length) : RuleExpression;

/// <summary>Clears the bits that the mask does not have.</summary>
public sealed record MaskRegister(Blob Mask) : RuleExpression;

/// <summary>How a register is compared (<c>NFT_CMP_*</c>).</summary>
[CHeader("linux/netfilter/nf_tables.h")]
public enum Comparison : uint
{
    [CName("NFT_CMP_EQ")]
    Equal = 0,

    [CName("NFT_CMP_NEQ")]
    NotEqual = 1,
}

/// <summary>Goes on only where the comparison holds.</summary>
public sealed record CompareRegister(Comparison Comparison, Blob Value) : RuleExpression;

/// <summary>Goes on only where the register is between two values, both included.</summary>
public sealed record RegisterInRange(Blob From, Blob To) : RuleExpression;

/// <summary>Counts packets and bytes. The counts are no part of what a rule is.</summary>
public sealed record CountPackets : RuleExpression;

/// <summary>What becomes of a packet (<c>NF_*</c>, <c>NFT_*</c>).</summary>
[CHeader("linux/netfilter.h linux/netfilter/nf_tables.h")]
public enum VerdictCode
{
    [CName("NF_DROP")]
    Drop = 0,

    [CName("NF_ACCEPT")]
    Accept = 1,

    [CName("NFT_JUMP")]
    Jump = -3,

    [CName("NFT_GOTO")]
    Goto = -4,

    [CName("NFT_RETURN")]
    Return = -5,
}

/// <summary>Decides.</summary>
/// <param name="Chain">Where to, with jump and goto; null with the others.</param>
public sealed record Decide(VerdictCode Code, string? Chain = null) : RuleExpression;

/// <summary>Goes on only where a match of xtables holds (iptables-extensions(8)).</summary>
/// <param name="Info">Its struct, padded to a multiple of eight bytes (<c>XT_ALIGN</c>).</param>
public sealed record XtablesMatch(string Name, uint Revision, Blob Info) : RuleExpression;

/// <summary>Does what a target of xtables does (iptables-extensions(8)).</summary>
/// <inheritdoc cref="XtablesMatch"/>
public sealed record XtablesTarget(string Name, uint Revision, Blob Info) : RuleExpression;

/// <summary>An expression of somebody else's rule, not read further. It equals nothing, so that its rule never is ours.</summary>
public sealed record ForeignExpression(string Name) : RuleExpression
{
    public bool Equals(ForeignExpression? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Name);
}
