using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink.Route;

/// <summary>
/// Devices, addresses, routes and rules of the network namespace in which it was opened, read and changed over
/// rtnetlink(7). Calls return when the kernel has done what they ask. Safe to use from several threads.
/// </summary>
public sealed partial class RouteSocket : IDisposable
{
    private readonly NetlinkSocket _socket;

    internal RouteSocket(NetlinkSocket socket) => _socket = socket;

    /// <summary>How many changes were asked of the kernel: 0 proves that nothing was touched.</summary>
    public int WriteCount => _socket.WriteCount;

    /// <summary>For the network namespace of this thread.</summary>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public static RouteSocket Open() => new(NetlinkSocket.Open(LinuxNetlink.NETLINK_ROUTE));

    /// <summary>For another network namespace.</summary>
    /// <param name="networkNamespace"><c>/run/netns/NAME</c> or <c>/proc/PID/ns/net</c>, open; it may be closed afterwards.</param>
    /// <exception cref="LinuxException">It is none, or no descriptor is left.</exception>
    public static RouteSocket Open(Descriptor networkNamespace) => NamespaceThread.Run(networkNamespace, Open);

    /// <summary>
    /// Makes many changes by few system calls, in order. Each stands alone: one that fails does not stop the next.
    /// </summary>
    /// <returns>What failed, in order; empty when nothing did.</returns>
    /// <exception cref="LinuxException">The socket failed: what was done is not known.</exception>
    public IReadOnlyList<LinuxException> Send(RouteBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return _socket.ChangeAll(batch.Requests);
    }

    public void Dispose() => _socket.Dispose();
}
