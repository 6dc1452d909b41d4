using System.Net;
using System.Net.Sockets;
using Meduza.Linux.Abi;

namespace Meduza.Linux.Netlink.Route;

/// <summary>What a rule does with a packet that it matches (<c>FR_ACT_*</c>).</summary>
[CHeader("linux/fib_rules.h")]
public enum RuleAction : byte
{
    /// <summary>Not said.</summary>
    [CName("FR_ACT_UNSPEC")]
    Unspecified = 0,

    /// <summary>Looks its route up in <see cref="RoutingRule.Table"/>.</summary>
    [CName("FR_ACT_TO_TBL")]
    Lookup = 1,

    /// <summary>Goes on with the rule of priority <see cref="RoutingRule.GotoPriority"/>.</summary>
    [CName("FR_ACT_GOTO")]
    Goto = 2,

    /// <summary>Nothing.</summary>
    [CName("FR_ACT_NOP")]
    Nothing = 3,

    /// <summary>Drops it in silence.</summary>
    [CName("FR_ACT_BLACKHOLE")]
    Blackhole = 6,

    /// <summary>Answers "network unreachable".</summary>
    [CName("FR_ACT_UNREACHABLE")]
    Unreachable = 7,

    /// <summary>Answers "administratively prohibited".</summary>
    [CName("FR_ACT_PROHIBIT")]
    Prohibit = 8,
}

/// <summary>A rule of policy routing (ip-rule(8)): which table a packet is looked up in.</summary>
/// <param name="Family">IPv4 or IPv6.</param>
/// <param name="Priority">Lower ones are asked first.</param>
public sealed record RoutingRule(AddressFamily Family, uint Priority)
{
    /// <summary>What it does.</summary>
    public RuleAction Action { get; init; } = RuleAction.Lookup;

    /// <summary>The table to look up.</summary>
    public uint Table { get; init; }

    /// <summary>With <see cref="RuleAction.Goto"/>, the rule to go on with.</summary>
    public uint GotoPriority { get; init; }

    /// <summary>The mark that the packet must have in the bits of <see cref="MarkMask"/>.</summary>
    public uint Mark { get; init; }

    /// <summary>The bits of the mark that count; 0 where marks do not matter.</summary>
    public uint MarkMask { get; init; }

    /// <summary>Source addresses, or all.</summary>
    public IPNetwork? Source { get; init; }

    /// <summary>Destination addresses, or all.</summary>
    public IPNetwork? Destination { get; init; }

    /// <summary>The device that it came in by, or any.</summary>
    public string? InputLink { get; init; }

    /// <summary>The device to which its socket is bound, or any.</summary>
    public string? OutputLink { get; init; }

    /// <summary>True when it matches what the selectors do not.</summary>
    public bool Inverted { get; init; }

    /// <summary>Passes over routes whose prefix is no longer than that; null uses all.</summary>
    public uint? SuppressPrefixLength { get; init; }

    /// <summary>Who made it: a number of one's own makes one's rules known again after a restart.</summary>
    public RouteProtocol Protocol { get; init; }

    /// <summary>As ip(8) writes it, for messages.</summary>
    public override string ToString()
    {
        var mark = MarkMask == 0 ? "" : $" fwmark 0x{Mark:x}/0x{MarkMask:x}";
        var action = Action == RuleAction.Lookup ? $"lookup {Table}" : Action.ToString().ToLowerInvariant();
        return $"{Priority}: from {Source?.ToString() ?? "all"}{mark} {action}";
    }
}
