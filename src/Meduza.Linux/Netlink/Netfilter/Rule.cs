using System.Collections.Immutable;

namespace Meduza.Linux.Netlink.Netfilter;

/// <summary>A rule of a chain: its steps in order. Rules are equal when their steps and comments are.</summary>
/// <param name="Expressions">At least one.</param>
public sealed record Rule(ImmutableArray<RuleExpression> Expressions)
{
    /// <summary>
    /// The protocol that the rule is about as a whole (<c>-p</c>): what matches and targets of xtables ask for when they are
    /// put into a rule. The kernel does not tell it again, so it is no part of what a rule is.
    /// </summary>
    public TransportProtocol? Protocol { get; init; }

    /// <summary>At most 128 characters; shown by <c>iptables -S</c> and <c>nft list</c>.</summary>
    public string? Comment { get; init; }

    /// <summary>The chain that the rule sends packets to, by jump or by goto; null when it does neither.</summary>
    public string? TargetChain =>
        Expressions.OfType<Decide>().FirstOrDefault(d => d.Code is VerdictCode.Jump or VerdictCode.Goto)?.Chain;

    public bool Equals(Rule? other) =>
        other is not null && Comment == other.Comment && Expressions.SequenceEqual(other.Expressions);

    public override int GetHashCode() => HashCode.Combine(Expressions.Length, Comment);
}

/// <summary>A rule that the kernel has.</summary>
/// <param name="Chain">The chain that it is in.</param>
/// <param name="Handle">Its number within the table, for as long as it is there.</param>
public sealed record InstalledRule(string Chain, ulong Handle, Rule Rule);
