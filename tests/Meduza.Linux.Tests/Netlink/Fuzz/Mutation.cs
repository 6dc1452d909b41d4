using System.Buffers.Binary;

namespace Meduza.Linux.Tests.Netlink.Fuzz;

/// <summary>Makes one message another one, in the ways that lengths, types and nesting go wrong. The same seed, the same messages.</summary>
internal sealed class Mutation(int seed)
{
    private static readonly ushort[] Lengths = [0, 1, 2, 3, 4, 5, 7, 8, 12, 16, 0x7fff, 0x8000, 0xfffb, 0xffff];

    private readonly Random _random = new(seed);

    /// <summary>Mutates a copy of one of <paramref name="corpus"/> into <paramref name="buffer"/>.</summary>
    /// <returns>Its length.</returns>
    public int Next(IReadOnlyList<byte[]> corpus, Span<byte> buffer)
    {
        var source = corpus[_random.Next(corpus.Count)];
        source.CopyTo(buffer);
        var length = source.Length;
        for (var changes = _random.Next(1, 6); changes > 0 && length > 0; changes--)
            length = Change(corpus, buffer, length);
        // A message whose own length is wrong is refused at once: mostly it is right.
        if (length >= 4 && _random.Next(8) != 0)
            BinaryPrimitives.WriteInt32LittleEndian(buffer, length);
        return length;
    }

    private int Change(IReadOnlyList<byte[]> corpus, Span<byte> buffer, int length)
    {
        var at = _random.Next(length);
        // Attributes begin on multiples of four.
        var aligned = at & ~3;
        switch (_random.Next(9))
        {
            case 0:
                buffer[at] ^= (byte)(1 << _random.Next(8));
                return length;
            case 1:
                buffer[at] = (byte)_random.Next(256);
                return length;
            case 2 when aligned + 2 <= length:
                BinaryPrimitives.WriteUInt16LittleEndian(buffer[aligned..], Lengths[_random.Next(Lengths.Length)]);
                return length;
            case 3 when aligned + 2 <= length:
                var claimed = BinaryPrimitives.ReadUInt16LittleEndian(buffer[aligned..]);
                BinaryPrimitives.WriteUInt16LittleEndian(buffer[aligned..], (ushort)(claimed + _random.Next(-4, 5)));
                return length;
            case 4 when aligned + 4 <= length:
                // Another attribute, or the same one nested.
                buffer[aligned + 2] = (byte)_random.Next(32);
                buffer[aligned + 3] = (byte)(_random.Next(2) << 7);
                return length;
            case 5:
                return at;
            case 6:
                return Insert(buffer, length, aligned, buffer[..length].ToArray().AsSpan(_random.Next(length)));
            case 7:
                var other = corpus[_random.Next(corpus.Count)];
                return Insert(buffer, length, aligned, other.AsSpan(_random.Next(other.Length)));
            default:
                buffer[at..Math.Min(length, at + 4)].Fill((byte)(_random.Next(2) * 255));
                return length;
        }
    }

    private int Insert(Span<byte> buffer, int length, int at, ReadOnlySpan<byte> bytes)
    {
        var count = Math.Min(bytes.Length, Math.Min(buffer.Length - length, _random.Next(1, 200)));
        buffer[at..length].CopyTo(buffer[(at + count)..]);
        bytes[..count].CopyTo(buffer[at..]);
        return length + count;
    }
}
