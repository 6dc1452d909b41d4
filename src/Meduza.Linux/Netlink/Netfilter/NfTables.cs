using Meduza.Linux.Netlink.Abi;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Netlink.Netfilter;

/// <summary>
/// The rule set of nf_tables in the network namespace in which it was opened: read, and changed by transactions. Safe to
/// use from several threads.
/// </summary>
public sealed class NfTables : IDisposable
{
    // Whoever changes the rule set at each of so many attempts is not going to stop.
    private const int Attempts = 50;

    private readonly NetlinkSocket _socket;

    internal NfTables(NetlinkSocket socket) => _socket = socket;

    /// <summary>How many transactions were sent: 0 proves that nothing was touched.</summary>
    public int WriteCount => _socket.WriteCount;

    /// <exception cref="LinuxException">The kernel has no netfilter, or no descriptor is left.</exception>
    public static NfTables Open() => new(NetlinkSocket.Open(LinuxNfnetlink.NETLINK_NETFILTER));

    /// <summary>The number of the rule set as it is now; every transaction of anybody makes it another one.</summary>
    /// <exception cref="LinuxException">The kernel refused, or has no nf_tables.</exception>
    public uint GetGeneration()
    {
        var writer = new MessageWriter(stackalloc byte[TableMessages.MaxLength]);
        TableMessages.WriteGetGeneration(ref writer);
        return _socket.Get<uint>(writer.Written, "NFT_MSG_GETGEN", "rule set", TableMessages.TryParseGeneration) is [var generation, ..]
            ? generation
            : throw new LinuxException("NFT_MSG_GETGEN", "rule set", EBADMSG);
    }

    /// <summary>The names of the tables of a family.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public IReadOnlyList<string> GetTables(NetfilterFamily family)
    {
        var writer = new MessageWriter(stackalloc byte[TableMessages.MaxLength]);
        TableMessages.WriteDumpTables(ref writer, family);
        return _socket.Dump<string>(writer.Written, "NFT_MSG_GETTABLE", $"{family}", TableMessages.TryParseTable);
    }

    /// <summary>The chains of all tables of a family.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public IReadOnlyList<InstalledChain> GetChains(NetfilterFamily family)
    {
        var writer = new MessageWriter(stackalloc byte[TableMessages.MaxLength]);
        TableMessages.WriteDumpChains(ref writer, family);
        return _socket.Dump<InstalledChain>(writer.Written, "NFT_MSG_GETCHAIN", $"{family}", TableMessages.TryParseChain);
    }

    /// <summary>The rules of a table, those of each chain in their order; none where the table is not there.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public IReadOnlyList<InstalledRule> GetRules(NetfilterFamily family, string table)
    {
        var writer = new MessageWriter(stackalloc byte[TableMessages.MaxLength]);
        TableMessages.WriteDumpRules(ref writer, family, table);
        return _socket.Dump<InstalledRule>(writer.Written, "NFT_MSG_GETRULE", $"{family} {table}", TableMessages.TryParseRule);
    }

    /// <summary>
    /// Reads and changes as if nobody else were there: when the rule set was changed by another program between the
    /// first read and the commit, <paramref name="compose"/> is called again, to read anew.
    /// </summary>
    /// <param name="compose">Reads what is there, and says what must be done.</param>
    /// <returns>How many changes were made; 0 when <paramref name="compose"/> asked for none, and then nothing was sent.</returns>
    /// <exception cref="LinuxException">
    /// The kernel refused one of the changes, and made none of them; <c>ERESTART</c>: somebody changes the rule set all the time.
    /// </exception>
    public int Change(Action<RuleTransaction> compose)
    {
        ArgumentNullException.ThrowIfNull(compose);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var transaction = new RuleTransaction(GetGeneration());
            compose(transaction);
            if (transaction.Count > 0)
            {
                if (TryCommit(transaction))
                    return transaction.Count;
            }
            else if (GetGeneration() == transaction.Generation)
            {
                // What was read to find that nothing is to be done belongs together.
                return 0;
            }
        }
        throw new LinuxException("NFNL_MSG_BATCH_BEGIN", "rule set", ERESTART, $"changed during each of {Attempts} attempts");
    }

    // False when the rule set is of another generation by now.
    private bool TryCommit(RuleTransaction transaction)
    {
        try
        {
            _socket.Transact(transaction.End());
            return true;
        }
        catch (LinuxException e) when (e.Errno == ERESTART)
        {
            return false;
        }
    }

    public void Dispose() => _socket.Dispose();
}
