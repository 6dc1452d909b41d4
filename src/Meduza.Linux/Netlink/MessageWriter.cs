using System.Net;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink;

/// <summary>Where a message or attribute begins whose length is not known yet.</summary>
/// <param name="Offset">Of its header, in bytes from the start of the buffer.</param>
internal readonly record struct WriteToken(int Offset);

/// <summary>
/// Writes netlink messages into a span. Numbers are in the byte order of the machine, as netlink wants them, unless the
/// method says otherwise. Padding is zero.
/// </summary>
/// <remarks>A buffer that is too short is a mistake of the caller, who knows what he writes: it throws.</remarks>
internal ref struct MessageWriter
{
    private readonly Span<byte> _buffer;
    private int _length;

    public MessageWriter(Span<byte> buffer) => _buffer = buffer;

    /// <summary>All that was written.</summary>
    public readonly Span<byte> Written => _buffer[.._length];

    /// <summary>How many bytes are left.</summary>
    public readonly int Free => _buffer.Length - _length;

    // struct nlmsghdr { u32 len; u16 type; u16 flags; u32 seq; u32 pid; }, payload follows
    /// <summary>Begins a message; <see cref="EndMessage"/> sets its length, the socket its sequence number.</summary>
    public WriteToken BeginMessage(ushort type, ushort flags)
    {
        var token = new WriteToken(_length);
        WriteStruct(new NetlinkHeader { nlmsg_type = type, nlmsg_flags = flags });
        return token;
    }

    public readonly void EndMessage(WriteToken token) =>
        MemoryMarshal.Write(_buffer[token.Offset..], (uint)(_length - token.Offset));

    /// <summary>Writes a struct of fixed layout, and the padding after it.</summary>
    public void WriteStruct<T>(in T value) where T : unmanaged =>
        MemoryMarshal.Write(Take(Unsafe.SizeOf<T>()), value);

    // struct nlattr { u16 len; u16 type; }, attributes follow
    /// <summary>Begins an attribute that holds attributes.</summary>
    public WriteToken BeginNested(ushort type)
    {
        var token = new WriteToken(_length);
        WriteStruct(new AttributeHeader { nla_type = (ushort)(type | LinuxNetlink.NLA_F_NESTED) });
        return token;
    }

    // struct nlattr { u16 len; u16 type; }, attributes follow
    /// <summary>The same without <c>NLA_F_NESTED</c>, for the older kinds, which the reference tools write without it.</summary>
    public WriteToken BeginNestedWithoutFlag(ushort type)
    {
        var token = new WriteToken(_length);
        WriteStruct(new AttributeHeader { nla_type = type });
        return token;
    }

    /// <exception cref="InvalidOperationException">It grew over the 65,535 bytes that an attribute can have.</exception>
    public readonly void EndNested(WriteToken token) =>
        MemoryMarshal.Write(_buffer[token.Offset..], AttributeLength(_length - token.Offset));

    // struct nlattr { u16 len; u16 type; }, value, padding up to a multiple of 4
    public void WriteAttribute(ushort type, scoped ReadOnlySpan<byte> value)
    {
        WriteAttributeHeader(type, value.Length);
        value.CopyTo(Take(value.Length));
    }

    public void WriteAttribute(ushort type, byte value)
    {
        WriteAttributeHeader(type, sizeof(byte));
        Take(sizeof(byte))[0] = value;
    }

    public void WriteAttribute(ushort type, ushort value)
    {
        WriteAttributeHeader(type, sizeof(ushort));
        MemoryMarshal.Write(Take(sizeof(ushort)), value);
    }

    public void WriteAttribute(ushort type, uint value)
    {
        WriteAttributeHeader(type, sizeof(uint));
        MemoryMarshal.Write(Take(sizeof(uint)), value);
    }

    public void WriteAttribute(ushort type, ulong value)
    {
        WriteAttributeHeader(type, sizeof(ulong));
        MemoryMarshal.Write(Take(sizeof(ulong)), value);
    }

    /// <summary>Writes a number in the byte order of the network, as netfilter has them.</summary>
    public void WriteBigEndian(ushort type, uint value) =>
        WriteAttribute(type, BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value);

    /// <inheritdoc cref="WriteBigEndian(ushort, uint)"/>
    public void WriteBigEndian(ushort type, ulong value) =>
        WriteAttribute(type, BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value);

    // struct nlattr, bytes, NUL, padding
    /// <summary>Writes a string with the NUL that ends it.</summary>
    public void WriteAttribute(ushort type, string value)
    {
        var length = Encoding.UTF8.GetByteCount(value) + 1;
        WriteAttributeHeader(type, length);
        var span = Take(length);
        Encoding.UTF8.GetBytes(value, span);
        span[length - 1] = 0;
    }

    // struct nlattr, 4 or 16 bytes in network order
    /// <summary>Writes an IP address.</summary>
    public void WriteAttribute(ushort type, IPAddress value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, out var length);
        WriteAttribute(type, bytes[..length]);
    }

    private void WriteAttributeHeader(ushort type, int valueLength) =>
        WriteStruct(new AttributeHeader
        {
            nla_len = AttributeLength(Unsafe.SizeOf<AttributeHeader>() + valueLength),
            nla_type = type,
        });

    private static ushort AttributeLength(int length) => length <= ushort.MaxValue
        ? (ushort)length
        : throw new InvalidOperationException($"a netlink attribute of {length} bytes: the length field holds {ushort.MaxValue}");

    private Span<byte> Take(int length)
    {
        var padded = Alignment.Align(length);
        if (padded > _buffer.Length - _length)
            throw new InvalidOperationException($"a netlink message does not fit the {_buffer.Length} bytes given to it");
        var span = _buffer.Slice(_length, padded);
        span[length..].Clear();
        _length += padded;
        return span[..length];
    }
}
