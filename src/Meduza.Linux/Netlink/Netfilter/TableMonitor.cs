using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink.Netfilter;

/// <summary>
/// What anybody, ourselves included, does in the tables of nf_tables from the moment of <see cref="Open"/> on, in the
/// network namespace of the thread that opened it. Sets of ipset tell nothing.
/// </summary>
/// <remarks>What overflows becomes one <see cref="TableChange.Missed"/>.</remarks>
public sealed class TableMonitor : IDisposable
{
    private readonly NotificationStream<TableChange> _stream;

    private TableMonitor(NetlinkSocket socket) =>
        _stream = new(socket, TableMessages.TryParseChange, new TableChange(default, "", Missed: true), "table-monitor");

    /// <exception cref="LinuxException">The kernel has no netfilter, or no descriptor is left.</exception>
    public static TableMonitor Open()
    {
        var socket = NetlinkSocket.Open(LinuxNfnetlink.NETLINK_NETFILTER);
        try
        {
            socket.Subscribe(LinuxNfnetlink.NFNLGRP_NFTABLES);
            return new TableMonitor(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The changes as they come, one for each table, chain or rule, until cancelled. One reading at a time.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/>.</exception>
    /// <exception cref="LinuxException">The socket failed.</exception>
    public IAsyncEnumerable<TableChange> ReadAllAsync(CancellationToken cancellation) => _stream.ReadAllAsync(cancellation);

    /// <summary>Closes the socket. A reading that is under way must have been cancelled.</summary>
    public void Dispose() => _stream.Dispose();
}
