namespace Meduza.Linux.Netlink.Netfilter;

/// <summary>Something was done in a table of nf_tables, by whomever.</summary>
/// <param name="Missed">True when notifications were lost: then it may have been any table, and nothing else is said.</param>
public readonly record struct TableChange(NetfilterFamily Family, string Table, bool Missed);
