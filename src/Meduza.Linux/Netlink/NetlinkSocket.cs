using System.Runtime.InteropServices;
using Meduza.Linux.Netlink.Abi;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Netlink;

/// <summary>Makes one item of a message; false leaves the message out.</summary>
internal delegate bool MessageParser<T>(in Message message, out T item);

/// <summary>
/// A netlink socket, bound to the network namespace in which it was opened, whichever thread uses it later.
/// Requests may come from several threads; they take turns. Notifications need a socket of their own, since an answer
/// could be lost behind a flood of them.
/// </summary>
/// <remarks>netlink(7). What the kernel says about an error (extended ack) is in the exception.</remarks>
internal sealed partial class NetlinkSocket : IDisposable
{
    // A dump is torn when something changed beneath it. Under a storm of changes it has to end some time.
    private const int ReadAttempts = 50;

    private readonly Descriptor _descriptor;
    private readonly Lock _gate = new();
    private uint _sequence;

    /// <summary>A socket that is open already: what <see cref="Open"/> made, or one end of a pair with a kernel that a test plays.</summary>
    public NetlinkSocket(Descriptor descriptor) => _descriptor = descriptor;

    /// <summary>How many requests that change something were sent: 0 proves that nothing was touched.</summary>
    public int WriteCount { get; private set; }

    /// <summary>For poll(2).</summary>
    public Descriptor Descriptor => _descriptor;

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
            return Read(request, LinuxNetlink.NLM_F_ACK, call, subject, parse);
    }

    /// <summary>Asks for all objects that there are, and asks again when they changed meanwhile: never half of a change.</summary>
    /// <exception cref="LinuxException">The kernel refused; <c>EINTR</c>: they changed each of many times.</exception>
    public List<T> Dump<T>(Span<byte> request, string call, string subject, MessageParser<T> parse)
    {
        lock (_gate)
            return Read(request, LinuxNetlink.NLM_F_DUMP, call, subject, parse);
    }

    /// <summary>Takes one datagram of notifications that <c>poll</c> has announced.</summary>
    /// <exception cref="LinuxException">
    /// <c>ENOBUFS</c>: some were lost; <c>EMSGSIZE</c>: one was lost that was longer than any before; <c>EAGAIN</c>: none is there.
    /// </exception>
    public MessageReader ReadNotifications() => Receive(MSG_DONTWAIT, "notifications");

    public void Dispose() => _descriptor.Dispose();

    // Reading changes nothing, so it is done anew when the answer was torn, or one of its datagrams lost.
    private List<T> Read<T>(Span<byte> request, ushort flags, string call, string subject, MessageParser<T> parse)
    {
        var items = new List<T>();
        for (var attempt = 0; attempt < ReadAttempts; attempt++)
        {
            items.Clear();
            try
            {
                Exchange(request, flags, call, subject, parse, items, out var interrupted);
                if (!interrupted)
                    return items;
            }
            catch (LinuxException e) when (IsLostAnswer(e) && attempt + 1 < ReadAttempts)
            {
                DiscardAnswers();
            }
        }
        throw new LinuxException(call, subject, EINTR, $"changed during each of {ReadAttempts} dumps");
    }

    // Ends at the error message (which also says "no error") or, in a dump, at DONE. Answers to a request that failed
    // halfway may still be queued: their sequence number is another one.
    private void Exchange<T>(
        Span<byte> request, ushort flags, string call, string subject, MessageParser<T>? parse, List<T>? items, out bool interrupted)
    {
        interrupted = false;
        var sequence = Number(request, flags);
        Send(request, call, subject);
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

    private uint Number(Span<byte> request, ushort flags)
    {
        ref var header = ref MemoryMarshal.AsRef<NetlinkHeader>(request);
        header.nlmsg_flags |= (ushort)(LinuxNetlink.NLM_F_REQUEST | flags);
        header.nlmsg_seq = ++_sequence;
        return _sequence;
    }
}
