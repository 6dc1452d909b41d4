using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink.Route;

/// <summary>
/// Devices and addresses of the network namespace in which it was opened, read and changed over rtnetlink(7).
/// Calls return when the kernel has done what they ask. Safe to use from several threads.
/// </summary>
public sealed partial class RouteSocket : IDisposable
{
    private readonly NetlinkSocket _socket;

    internal RouteSocket(NetlinkSocket socket) => _socket = socket;

    /// <summary>How many changes were asked of the kernel: 0 proves that nothing was touched.</summary>
    public int WriteCount => _socket.WriteCount;

    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public static RouteSocket Open() => new(NetlinkSocket.Open(LinuxNetlink.NETLINK_ROUTE));

    public void Dispose() => _socket.Dispose();
}
