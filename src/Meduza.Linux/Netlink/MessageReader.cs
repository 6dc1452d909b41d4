using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink;

/// <summary>One message as it was received.</summary>
internal readonly ref struct Message
{
    public Message(NetlinkHeader header, ReadOnlySpan<byte> payload)
    {
        Header = header;
        Payload = payload;
    }

    private NetlinkHeader Header { get; }

    /// <summary>RTM_* and the like, or NLMSG_* below 16.</summary>
    public ushort Type => Header.nlmsg_type;

    /// <summary>NLM_F_*.</summary>
    public ushort Flags => Header.nlmsg_flags;

    /// <summary>That of the request which it answers; 0 in a notification.</summary>
    public uint Sequence => Header.nlmsg_seq;

    /// <summary>What follows the header.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Splits the payload into the struct at its front and the attributes behind it.</summary>
    /// <returns>False when it is too short for the struct.</returns>
    public bool TryRead<T>(out T front, out AttributeReader attributes) where T : unmanaged
    {
        attributes = default;
        if (!MemoryMarshal.TryRead(Payload, out front))
            return false;
        var length = Alignment.Align(Unsafe.SizeOf<T>());
        attributes = new AttributeReader(length < Payload.Length ? Payload[length..] : []);
        return true;
    }
}

/// <summary>
/// Takes messages off a datagram. No length in it is trusted: a message that claims less than its header or more than
/// is there ends the reading, and nothing is ever read past the span.
/// </summary>
internal ref struct MessageReader
{
    private ReadOnlySpan<byte> _rest;

    public MessageReader(ReadOnlySpan<byte> datagram) => _rest = datagram;

    /// <summary>True when reading ended before the datagram did.</summary>
    public readonly bool Malformed => !_rest.IsEmpty;

    // | len | type, flags | seq | pid | payload … | padding to 4 | next message …
    /// <returns>False at the end, or at the first message that cannot be one (<see cref="Malformed"/>).</returns>
    public bool TryRead(out Message message)
    {
        message = default;
        if (!MemoryMarshal.TryRead<NetlinkHeader>(_rest, out var header))
            return false;
        var headerLength = Unsafe.SizeOf<NetlinkHeader>();
        if (header.nlmsg_len < headerLength || header.nlmsg_len > _rest.Length)
            return false;

        var length = (int)header.nlmsg_len;
        message = new Message(header, _rest[headerLength..length]);
        _rest = _rest[Math.Min(Alignment.Align(length), _rest.Length)..];
        return true;
    }
}
