using System.Text;

namespace Meduza.Init.Agent.Store.Messages;

/// <summary>Reads a message of Protocol Buffers field by field; see <see cref="ProtobufWriter"/>. No length in it is trusted.</summary>
internal ref struct ProtobufReader(ReadOnlyMemory<byte> message)
{
    private const int Varint = 0, Fixed64 = 1, LengthDelimited = 2, Fixed32 = 5;
    private ReadOnlyMemory<byte> _rest = message;
    private ulong _number;
    private ReadOnlyMemory<byte> _bytes;

    /// <summary>Number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>Its value, 0 where it is no number.</summary>
    public readonly long Number => (long)_number;

    public readonly bool Flag => _number != 0;

    /// <summary>Its value, empty where it is none of bytes.</summary>
    public readonly ReadOnlyMemory<byte> Bytes => _bytes;

    public readonly string Text => Encoding.UTF8.GetString(_bytes.Span);

    /// <summary>Goes on to the next field.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="InvalidDataException">It is no message.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
            return false;
        var tag = ReadVarint();
        (Field, _number, _bytes) = ((int)(tag >> 3), 0, default);
        switch ((int)(tag & 7))
        {
            case Varint:
                _number = ReadVarint();
                break;
            case LengthDelimited:
                _bytes = Take(ReadVarint());
                break;
            case Fixed64:
                Take(8);
                break;
            case Fixed32:
                Take(4);
                break;
            default:
                throw new InvalidDataException($"a field of type {tag & 7}");
        }
        return true;
    }

    private ReadOnlyMemory<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length)
            throw new InvalidDataException($"a field of {length} bytes in the {_rest.Length} that are left");
        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    private ulong ReadVarint()
    {
        var value = 0UL;
        var span = _rest.Span;
        for (var i = 0; i < span.Length && i < 10; i++)
        {
            value |= (ulong)(span[i] & 0x7f) << (7 * i);
            if (span[i] > 0x7f)
                continue;
            _rest = _rest[(i + 1)..];
            return value;
        }
        throw new InvalidDataException("a number without an end");
    }
}
