namespace Meduza.Linux.Netlink.Netfilter;

/// <summary>A chain that packets enter by themselves, as iptables makes those of its tables: accepting what falls through.</summary>
/// <param name="Type"><c>filter</c> or <c>nat</c>.</param>
/// <param name="Priority">The lower, the earlier.</param>
public sealed record BaseChain(string Name, string Type, NetfilterHook Hook, int Priority)
{
    /// <summary><c>PREROUTING</c> of the table <c>mangle</c>.</summary>
    public static BaseChain ManglePrerouting { get; } = new("PREROUTING", "filter", NetfilterHook.Prerouting, -150);

    /// <summary><c>PREROUTING</c> of the table <c>nat</c>.</summary>
    public static BaseChain NatPrerouting { get; } = new("PREROUTING", "nat", NetfilterHook.Prerouting, -100);

    /// <summary><c>POSTROUTING</c> of the table <c>nat</c>.</summary>
    public static BaseChain NatPostrouting { get; } = new("POSTROUTING", "nat", NetfilterHook.Postrouting, 100);
}

/// <summary>A chain that the kernel has.</summary>
/// <param name="IsBase">True when packets enter it by themselves.</param>
public sealed record InstalledChain(NetfilterFamily Family, string Table, string Name, bool IsBase);
