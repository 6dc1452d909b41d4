using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink;

/// <summary>One attribute as it was received.</summary>
internal readonly ref struct NetlinkAttribute
{
    private const ushort TypeMask = unchecked((ushort)~(LinuxNetlink.NLA_F_NESTED | LinuxNetlink.NLA_F_NET_BYTEORDER));

    public NetlinkAttribute(ushort type, ReadOnlySpan<byte> value)
    {
        Type = (ushort)(type & TypeMask);
        Value = value;
    }

    /// <summary>Without its two flag bits.</summary>
    public ushort Type { get; }

    public ReadOnlySpan<byte> Value { get; }

    /// <summary>The attributes in it.</summary>
    public AttributeReader Nested => new(Value);

    /// <returns>False when the value is shorter than that.</returns>
    public bool TryGet<T>(out T value) where T : unmanaged => MemoryMarshal.TryRead(Value, out value);

    /// <summary>A number in the byte order of the network, as netfilter has them.</summary>
    /// <returns>False when the value is shorter than that.</returns>
    public bool TryGetBigEndian(out uint value) => BinaryPrimitives.TryReadUInt32BigEndian(Value, out value);

    /// <inheritdoc cref="TryGetBigEndian(out uint)"/>
    public bool TryGetBigEndian(out ulong value) => BinaryPrimitives.TryReadUInt64BigEndian(Value, out value);

    /// <summary>The text before the first NUL; bytes that are not UTF-8 are replaced.</summary>
    public string Text
    {
        get
        {
            var end = Value.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? Value : Value[..end]);
        }
    }

    /// <returns>False when the value is as long as no IP address.</returns>
    public bool TryGetAddress(out IPAddress address)
    {
        address = Value.Length is 4 or 16 ? new IPAddress(Value) : IPAddress.None;
        return Value.Length is 4 or 16;
    }
}

/// <summary>
/// Takes attributes off a payload. No length in it is trusted: an attribute that claims less than its header or more
/// than is there ends the reading.
/// </summary>
internal ref struct AttributeReader
{
    private ReadOnlySpan<byte> _rest;

    public AttributeReader(ReadOnlySpan<byte> attributes) => _rest = attributes;

    // | len | type | value … | padding to 4 | next attribute …
    /// <returns>False at the end, or at the first attribute that cannot be one.</returns>
    public bool TryRead(out NetlinkAttribute attribute)
    {
        attribute = default;
        if (!MemoryMarshal.TryRead<AttributeHeader>(_rest, out var header))
            return false;
        var headerLength = Unsafe.SizeOf<AttributeHeader>();
        if (header.nla_len < headerLength || header.nla_len > _rest.Length)
            return false;

        attribute = new NetlinkAttribute(header.nla_type, _rest[headerLength..header.nla_len]);
        _rest = _rest[Math.Min(Alignment.Align(header.nla_len), _rest.Length)..];
        return true;
    }
}
