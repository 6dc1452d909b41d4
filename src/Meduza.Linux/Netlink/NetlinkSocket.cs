using System.Runtime.InteropServices;
using Meduza.Linux.Netlink.Abi;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Netlink;

/// <summary>Makes one item of a message; false leaves the message out.</summary>
internal delegate bool MessageParser<T>(in Message message, out T item);

/// <summary>
/// A netlink socket, bound to the network namespace of the thread that opens it, whichever thread uses it later.
/// Requests may come from several threads; they take turns. Notifications need a socket of their own, since an answer
/// could be lost behind a flood of them.
/// </summary>
/// <remarks>netlink(7). What the kernel says about an error (extended ack) is in the exception.</remarks>
internal sealed class NetlinkSocket : IDisposable
{
    // A dump fills at most 32 KiB per datagram, and no single message of rtnetlink comes near that.
    private const int DatagramLength = 32 << 10;

    // Kernel memory for what has not been read yet, charged only as it is used: a burst of some thousand notifications.
    private const int ReceiveBufferLength = 4 << 20;

    // A dump is torn when something changed beneath it. Under a storm of changes it has to end some time.
    private const int DumpAttempts = 50;

    private readonly Descriptor _descriptor;
    private readonly Lock _gate = new();
    private readonly byte[] _datagram = new byte[DatagramLength];
    private uint _sequence;

    /// <summary>A socket that is open already: what <see cref="Open"/> made, or one end of a pair with a kernel that a test plays.</summary>
    public NetlinkSocket(Descriptor descriptor) => _descriptor = descriptor;

    /// <summary>How many requests that change something were sent: 0 proves that nothing was touched.</summary>
    public int WriteCount { get; private set; }

    /// <summary>For poll(2).</summary>
    public Descriptor Descriptor => _descriptor;

    /// <param name="protocol">NETLINK_*.</param>
    /// <exception cref="LinuxException">No such protocol, or no descriptor left.</exception>
    public static unsafe NetlinkSocket Open(int protocol)
    {
        var descriptor = Descriptor.FromCall(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol), "socket", "AF_NETLINK");
        var opened = new NetlinkSocket(descriptor);
        try
        {
            opened.ForceReceiveBuffer();
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

    /// <summary>From now on the messages of a multicast group are queued here.</summary>
    public void Subscribe(uint group) => SetOption(LinuxNetlink.NETLINK_ADD_MEMBERSHIP, (int)group);

    /// <summary>Sends a request that changes something, and returns when the kernel has done it.</summary>
    /// <param name="request">One message; its sequence number is set here, and <c>NLM_F_ACK</c>.</param>
    /// <param name="call">The message type as the header names it, for the exception.</param>
    /// <param name="subject">What it is about, for the exception.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Change(Span<byte> request, string call, string subject)
    {
        lock (_gate)
        {
            WriteCount++;
            Exchange<bool>(request, LinuxNetlink.NLM_F_ACK, call, subject, null, null, out _);
        }
    }

    /// <summary>Asks for one object.</summary>
    /// <returns>What the answer held; empty where it held nothing that <paramref name="parse"/> takes.</returns>
    /// <inheritdoc cref="Change"/>
    public List<T> Get<T>(Span<byte> request, string call, string subject, MessageParser<T> parse)
    {
        lock (_gate)
        {
            var items = new List<T>();
            Exchange(request, LinuxNetlink.NLM_F_ACK, call, subject, parse, items, out _);
            return items;
        }
    }

    /// <summary>Asks for all objects that there are, and asks again when they changed meanwhile: never half of a change.</summary>
    /// <exception cref="LinuxException">The kernel refused; <c>EINTR</c>: they changed each of many times.</exception>
    public List<T> Dump<T>(Span<byte> request, string call, string subject, MessageParser<T> parse)
    {
        lock (_gate)
        {
            var items = new List<T>();
            for (var attempt = 0; attempt < DumpAttempts; attempt++)
            {
                items.Clear();
                Exchange(request, LinuxNetlink.NLM_F_DUMP, call, subject, parse, items, out var interrupted);
                if (!interrupted)
                    return items;
            }
            throw new LinuxException(call, subject, EINTR, $"changed during each of {DumpAttempts} dumps");
        }
    }

    /// <summary>Takes one datagram of notifications that <c>poll</c> has announced.</summary>
    /// <exception cref="LinuxException"><c>ENOBUFS</c>: some were lost; <c>EAGAIN</c>: none is there.</exception>
    public MessageReader ReadNotifications() => Receive(MSG_DONTWAIT, "notifications");

    public void Dispose() => _descriptor.Dispose();

    // Ends at the error message (which also says "no error") or, in a dump, at DONE. Answers to a request that failed
    // halfway may still be queued: their sequence number is another one.
    private void Exchange<T>(
        Span<byte> request, ushort flags, string call, string subject, MessageParser<T>? parse, List<T>? items, out bool interrupted)
    {
        interrupted = false;
        var sequence = Send(request, flags, call, subject);
        while (true)
        {
            var reader = Receive(0, call);
            while (reader.TryRead(out var message))
            {
                if (message.Sequence != sequence)
                    continue;
                interrupted |= (message.Flags & LinuxNetlink.NLM_F_DUMP_INTR) != 0;
                switch (message.Type)
                {
                    case LinuxNetlink.NLMSG_NOOP:
                        break;
                    case LinuxNetlink.NLMSG_ERROR or LinuxNetlink.NLMSG_DONE:
                        ExtendedAck.ThrowIfError(message, call, subject);
                        return;
                    case LinuxNetlink.NLMSG_OVERRUN:
                        throw new LinuxException(call, subject, ENOBUFS);
                    default:
                        if (parse is not null && parse(message, out var item))
                            items!.Add(item);
                        break;
                }
            }
            if (reader.Malformed)
                throw new LinuxException("recvfrom", call, EBADMSG);
        }
    }

    private unsafe uint Send(Span<byte> request, ushort flags, string call, string subject)
    {
        ref var header = ref MemoryMarshal.AsRef<NetlinkHeader>(request);
        header.nlmsg_flags |= (ushort)(LinuxNetlink.NLM_F_REQUEST | flags);
        header.nlmsg_seq = ++_sequence;

        // Without an address it goes to port 0, the kernel.
        fixed (byte* bytes = request)
        {
            ssize_t sent;
            do
                sent = send(_descriptor.Number, bytes, request.Length, 0);
            while (sent < 0 && Marshal.GetLastPInvokeError() == EINTR);
            if (sent < 0)
                throw LinuxException.Last($"send {call}", subject);
        }
        return _sequence;
    }

    private unsafe MessageReader Receive(int flags, string subject)
    {
        fixed (byte* bytes = _datagram)
        {
            while (true)
            {
                NetlinkAddress sender = default;
                socklen_t senderLength = (uint)sizeof(NetlinkAddress);
                // With MSG_TRUNC the length is that of the datagram, also when the buffer is shorter.
                var length = (long)recvfrom(
                    _descriptor.Number, bytes, _datagram.Length, flags | MSG_TRUNC, (sockaddr*)&sender, &senderLength);
                if (length < 0 && Marshal.GetLastPInvokeError() == EINTR)
                    continue;
                if (length < 0)
                    throw LinuxException.Last("recvfrom", subject);
                if (length > _datagram.Length)
                    throw new LinuxException("recvfrom", subject, EMSGSIZE);
                // Any process may send to our port; only the kernel is believed.
                if (sender.nl_pid == 0)
                    return new MessageReader(_datagram.AsSpan(0, (int)length));
            }
        }
    }

    // Without the capability to force it, the limit that the machine sets must do.
    private void ForceReceiveBuffer()
    {
        if (!TrySetOption(SOL_SOCKET, SO_RCVBUFFORCE, ReceiveBufferLength))
            TrySetOption(SOL_SOCKET, SO_RCVBUF, ReceiveBufferLength);
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
