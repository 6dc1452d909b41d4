using Meduza.Linux.Netlink.Abi;
using Meduza.Linux.Netlink.Generic;
using Meduza.Linux.Netlink.Route;
using Meduza.Linux.WireGuard;

namespace Meduza.Linux.Netlink.WireGuard;

/// <summary>
/// The kernel's WireGuard devices in the network namespace in which it was opened. Making and deleting them is for
/// <see cref="RouteSocket"/>. Safe to use from several threads.
/// </summary>
public sealed class WireGuardSocket : IWireGuardControl, IDisposable
{
    // A message may be longer, but an attribute, and so all peers of one message, may not be longer than 64 KiB.
    private const int MessageLength = 32 << 10;

    private readonly NetlinkSocket _socket;
    private readonly GenericFamily _family;
    private readonly int _messageLength;

    internal WireGuardSocket(NetlinkSocket socket, GenericFamily family, int messageLength = MessageLength)
    {
        _socket = socket;
        _family = family;
        _messageLength = messageLength;
    }

    /// <summary>How many messages that change something were sent: 0 proves that nothing was touched.</summary>
    public int WriteCount => _socket.WriteCount;

    /// <summary>For the network namespace of this thread.</summary>
    /// <returns>Null where this kernel has no WireGuard, and no module of it.</returns>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public static WireGuardSocket? TryOpen()
    {
        var socket = NetlinkSocket.Open(LinuxNetlink.NETLINK_GENERIC);
        try
        {
            if (GenericFamily.Find(socket, LinuxWireGuard.FamilyName) is { } family)
                return new WireGuardSocket(socket, family);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        socket.Dispose();
        return null;
    }

    /// <summary>For another network namespace.</summary>
    /// <param name="networkNamespace"><c>/run/netns/NAME</c> or <c>/proc/PID/ns/net</c>, open; it may be closed afterwards.</param>
    /// <inheritdoc cref="TryOpen()"/>
    public static WireGuardSocket? TryOpen(Descriptor networkNamespace) => NamespaceThread.Run(networkNamespace, TryOpen);

    /// <inheritdoc/>
    public WireGuardDevice? Get(string name)
    {
        RouteSocket.ValidateName(name);
        var writer = new MessageWriter(stackalloc byte[WireGuardMessages.GetLength]);
        WireGuardMessages.WriteGet(ref writer, _family, name);
        try
        {
            return WireGuardMessages.Join(_socket.Dump<WireGuardDevice>(writer.Written, "WG_CMD_GET_DEVICE", name, TryParse));
        }
        catch (LinuxException e) when (e.Errno == Tmds.Linux.LibC.ENODEV || e.Errno == Tmds.Linux.LibC.EOPNOTSUPP)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Apply(string name, WireGuardChange change)
    {
        RouteSocket.ValidateName(name);
        ArgumentNullException.ThrowIfNull(change);
        if (change.IsEmpty)
            return;
        var buffer = new byte[_messageLength];
        var progress = new WireGuardProgress(0, 0);
        do
        {
            var writer = new MessageWriter(buffer);
            WireGuardMessages.WriteSet(ref writer, _family, name, change, ref progress);
            _socket.Change(writer.Written, "WG_CMD_SET_DEVICE", name);
        }
        while (progress.Peer < change.Peers.Count);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(buffer);
    }

    public void Dispose() => _socket.Dispose();

    private bool TryParse(in Message message, out WireGuardDevice device) => WireGuardMessages.TryParse(message, _family, out device);
}
