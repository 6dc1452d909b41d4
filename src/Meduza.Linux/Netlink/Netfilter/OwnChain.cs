using System.Collections.Immutable;

namespace Meduza.Linux.Netlink.Netfilter;

/// <summary>
/// A chain of our own in a table that others use as well. It is ours by its name, and so is every rule that jumps to it:
/// that is all there is to know of what was done before.
/// </summary>
/// <param name="Family">Of the table.</param>
/// <param name="Table">As iptables names it: <c>mangle</c>, <c>nat</c>.</param>
/// <param name="Name">At most 28 characters, as iptables has it.</param>
/// <param name="From">The chain that jumps to it, by one rule at its end; made where it is not there.</param>
/// <param name="Rules">In order; none: the chain is not to be there.</param>
public sealed record OwnChain(
    NetfilterFamily Family, string Table, string Name, BaseChain From, ImmutableArray<Rule> Rules)
{
    /// <summary>The rule by which packets come to it.</summary>
    public Rule Jump { get; } = new RuleBuilder(Family).Jump(Name);

    /// <summary>The same chain, not to be there.</summary>
    public OwnChain Absent => this with { Rules = [] };
}
