using System.Buffers;
using System.Text;

namespace Meduza.Init.Agent.Store.Messages;

/// <summary>
/// A message of Protocol Buffers (version 3), field by field. A field that has its default is left out, as every reader
/// takes it.
/// <code>
/// field:  | number &lt;&lt; 3 | type: varint | 0: value: varint, or 2: length: varint, and that many bytes |
/// varint: | more: 1 | 7 bits, the lowest first | ...
/// </code>
/// </summary>
internal sealed class ProtobufWriter
{
    private const int Varint = 0, LengthDelimited = 2;
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    public ProtobufWriter Number(int field, long value)
    {
        if (value != 0)
        {
            WriteVarint((uint)(field << 3 | Varint));
            WriteVarint((ulong)value);
        }
        return this;
    }

    public ProtobufWriter Flag(int field, bool value) => Number(field, value ? 1 : 0);

    public ProtobufWriter Text(int field, string? value) => Bytes(field, Encoding.UTF8.GetBytes(value ?? ""));

    public ProtobufWriter Bytes(int field, ReadOnlySpan<byte> value) => value.IsEmpty ? this : Delimited(field, value);

    /// <summary>A message within this one, also when it is empty.</summary>
    public ProtobufWriter Message(int field, ProtobufWriter value) => Delimited(field, value.Written.Span);

    private ProtobufWriter Delimited(int field, ReadOnlySpan<byte> value)
    {
        WriteVarint((uint)(field << 3 | LengthDelimited));
        WriteVarint((ulong)value.Length);
        _buffer.Write(value);
        return this;
    }

    private void WriteVarint(ulong value)
    {
        var span = _buffer.GetSpan(10);
        var length = 0;
        for (; value > 0x7f; value >>= 7)
            span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        _buffer.Advance(length);
    }
}
