using System.Runtime.InteropServices;
using Meduza.Linux.Netlink.Abi;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Netlink;

/// <summary>Opening the socket, and moving datagrams.</summary>
internal sealed partial class NetlinkSocket
{
    // A dump fills at most 32 KiB per datagram. A single object may be longer: then the buffer grows.
    private const int DatagramLength = 32 << 10;

    // Kernel memory for what has not been read yet, charged only as it is used: a burst of some thousand notifications.
    private const int ReceiveBufferLength = 4 << 20;

    private const string ReceiveCall = "recvfrom";

    private byte[] _datagram = new byte[DatagramLength];

    /// <summary>A socket in the network namespace of this thread.</summary>
    /// <param name="protocol">NETLINK_*.</param>
    /// <exception cref="LinuxException">No such protocol, or no descriptor left.</exception>
    public static unsafe NetlinkSocket Open(int protocol)
    {
        var descriptor = Descriptor.FromCall(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol), "socket", "AF_NETLINK");
        var opened = new NetlinkSocket(descriptor);
        try
        {
            opened.ForceBuffer(SO_RCVBUFFORCE, SO_RCVBUF, ReceiveBufferLength);
            opened.SetOption(LinuxNetlink.NETLINK_EXT_ACK, 1);
            opened.SetOption(LinuxNetlink.NETLINK_CAP_ACK, 1);
            opened.SetOption(LinuxNetlink.NETLINK_GET_STRICT_CHK, 1);
            var address = new NetlinkAddress { nl_family = (ushort)AF_NETLINK };
            if (bind(descriptor.Number, (sockaddr*)&address, (uint)sizeof(NetlinkAddress)) < 0)
                throw LinuxException.Last("bind", "AF_NETLINK");
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private unsafe void Send(ReadOnlySpan<byte> datagram, string call, string subject)
    {
        var forced = false;
        fixed (byte* bytes = datagram)
        {
            // Without an address it goes to port 0, the kernel.
            while ((long)send(_descriptor.Number, bytes, datagram.Length, 0) < 0)
            {
                var errno = Marshal.GetLastPInvokeError();
                if (errno == EINTR)
                    continue;
                if (errno != EMSGSIZE || forced)
                    throw new LinuxException($"send {call}", subject, errno);
                // Longer than the send buffer is.
                ForceBuffer(SO_SNDBUFFORCE, SO_SNDBUF, datagram.Length);
                forced = true;
            }
        }
    }

    private unsafe MessageReader Receive(int flags, string subject)
    {
        while (true)
        {
            long length;
            NetlinkAddress sender = default;
            fixed (byte* bytes = _datagram)
            {
                socklen_t senderLength = (uint)sizeof(NetlinkAddress);
                // With MSG_TRUNC the length is that of the datagram, also when the buffer is shorter.
                length = recvfrom(
                    _descriptor.Number, bytes, _datagram.Length, flags | MSG_TRUNC, (sockaddr*)&sender, &senderLength);
            }
            if (length < 0 && Marshal.GetLastPInvokeError() == EINTR)
                continue;
            if (length < 0)
                throw LinuxException.Last(ReceiveCall, subject);
            // Any process may send to our port; only the kernel is believed.
            if (sender.nl_pid != 0)
                continue;
            if (length > _datagram.Length)
            {
                // This one is lost; the next of its kind fits.
                _datagram = new byte[Alignment.Align((int)length)];
                throw new LinuxException(ReceiveCall, subject, EMSGSIZE);
            }
            return new MessageReader(_datagram.AsSpan(0, (int)length));
        }
    }

    private static bool IsLostAnswer(LinuxException e) => e.Call == ReceiveCall && (e.Errno == ENOBUFS || e.Errno == EMSGSIZE);

    // While a dump is under way the kernel refuses another one; it goes on as it is read, to its end.
    private void DiscardAnswers()
    {
        while (true)
        {
            try
            {
                Receive(MSG_DONTWAIT, "answers");
            }
            catch (LinuxException e) when (IsLostAnswer(e))
            {
                // One more of them.
            }
            catch (LinuxException e) when (e.Errno == EAGAIN)
            {
                return;
            }
        }
    }

    // Without the capability to force it, the limit that the machine sets must do.
    private void ForceBuffer(int force, int ask, int length)
    {
        if (!TrySetOption(SOL_SOCKET, force, length))
            TrySetOption(SOL_SOCKET, ask, length);
    }

    private void SetOption(int option, int value)
    {
        if (!TrySetOption(SOL_NETLINK, option, value))
            throw LinuxException.Last("setsockopt", $"SOL_NETLINK {option}");
    }

    private unsafe bool TrySetOption(int level, int option, int value)
    {
        return setsockopt(_descriptor.Number, level, option, &value, sizeof(int)) == 0;
    }
}
