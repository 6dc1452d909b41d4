using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink.Netfilter;

/// <summary>
/// Changes that the kernel makes all at once or not at all. A packet meets the rules before them or those after them,
/// never a mixture.
/// </summary>
public sealed class RuleTransaction
{
    private readonly NetlinkBatch _batch = new();
    private byte[] _message = new byte[TableMessages.MaxLength];

    internal RuleTransaction(uint generation)
    {
        Generation = generation;
        var writer = Writer(TableMessages.MaxLength);
        NetfilterMessage.WriteBatchBegin(ref writer, LinuxNfnetlink.NFNL_SUBSYS_NFTABLES, generation);
        _batch.Add(writer.Written, "NFNL_MSG_BATCH_BEGIN", $"generation {generation}");
    }

    /// <summary>The generation of the rule set that it is made for.</summary>
    internal uint Generation { get; }

    /// <summary>How many changes there are.</summary>
    public int Count => _batch.Count - 1;

    /// <summary>One that is there already is no error.</summary>
    public void NewTable(NetfilterFamily family, string table)
    {
        var writer = Writer(TableMessages.MaxLength);
        TableMessages.WriteNewTable(ref writer, family, table);
        _batch.Add(writer.Written, "NFT_MSG_NEWTABLE", Subject(family, table));
    }

    /// <summary>One that is there already is no error, if it is of the same type, hook and priority.</summary>
    public void NewChain(NetfilterFamily family, string table, BaseChain chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        var writer = Writer(TableMessages.MaxLength);
        TableMessages.WriteNewChain(ref writer, family, table, chain);
        _batch.Add(writer.Written, "NFT_MSG_NEWCHAIN", Subject(family, table, chain.Name));
    }

    /// <summary>A chain that is only jumped to.</summary>
    public void NewChain(NetfilterFamily family, string table, string chain)
    {
        var writer = Writer(TableMessages.MaxLength);
        TableMessages.WriteNewChain(ref writer, family, table, chain);
        _batch.Add(writer.Written, "NFT_MSG_NEWCHAIN", Subject(family, table, chain));
    }

    /// <summary>It must be empty, and no rule may jump to it.</summary>
    public void DeleteChain(NetfilterFamily family, string table, string chain)
    {
        var writer = Writer(TableMessages.MaxLength);
        TableMessages.WriteDeleteChain(ref writer, family, table, chain);
        _batch.Add(writer.Written, "NFT_MSG_DELCHAIN", Subject(family, table, chain));
    }

    /// <summary>Deletes all rules of a chain.</summary>
    public void FlushChain(NetfilterFamily family, string table, string chain)
    {
        var writer = Writer(TableMessages.MaxLength);
        TableMessages.WriteFlushChain(ref writer, family, table, chain);
        _batch.Add(writer.Written, "NFT_MSG_DELRULE", $"all of {Subject(family, table, chain)}");
    }

    public void DeleteRule(NetfilterFamily family, string table, InstalledRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var writer = Writer(TableMessages.MaxLength);
        TableMessages.WriteDeleteRule(ref writer, family, table, rule.Chain, rule.Handle);
        _batch.Add(writer.Written, "NFT_MSG_DELRULE", $"handle {rule.Handle} of {Subject(family, table, rule.Chain)}");
    }

    /// <summary>Adds a rule at the end of a chain.</summary>
    public void AppendRule(NetfilterFamily family, string table, string chain, Rule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var writer = Writer(TableMessages.LengthOf(rule));
        TableMessages.WriteNewRule(ref writer, family, table, chain, rule);
        _batch.Add(writer.Written, "NFT_MSG_NEWRULE", $"change {Count + 1}: rule of {Subject(family, table, chain)}");
    }

    /// <summary>All of it, ready to be sent.</summary>
    internal NetlinkBatch End()
    {
        var writer = Writer(TableMessages.MaxLength);
        NetfilterMessage.WriteBatchEnd(ref writer, LinuxNfnetlink.NFNL_SUBSYS_NFTABLES);
        _batch.Add(writer.Written, "NFNL_MSG_BATCH_END", $"generation {Generation}");
        return _batch;
    }

    private MessageWriter Writer(int length)
    {
        if (length > _message.Length)
            _message = new byte[length];
        return new MessageWriter(_message);
    }

    private static string Subject(NetfilterFamily family, string table, string? chain = null) =>
        $"table {(family == NetfilterFamily.Ipv4 ? "ip" : "ip6")} {table}{(chain is null ? "" : $" chain {chain}")}";
}
