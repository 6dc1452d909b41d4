using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Meduza.Init.Control;

/// <summary>
/// The framing of the control socket, for both ends.
/// <code>
/// | length: u32, little endian | JSON: length bytes |
/// </code>
/// </summary>
internal static class Frames
{
    /// <summary>Longest JSON accepted, in bytes: a status of some hundred services fits many times.</summary>
    public const int MaxLength = 4 << 20;

    private const int HeaderLength = 4;

    /// <summary>Takes one whole frame off the front of <paramref name="buffer"/>.</summary>
    /// <returns>False while the buffer holds less than a frame.</returns>
    /// <exception cref="InvalidDataException">The length is over <see cref="MaxLength"/>: not our protocol.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> json)
    {
        json = default;
        if (buffer.Length < HeaderLength)
            return false;

        Span<byte> header = stackalloc byte[HeaderLength];
        buffer.Slice(0, HeaderLength).CopyTo(header);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(header);
        if (length > MaxLength)
            throw new InvalidDataException($"a frame of {length} bytes: the limit is {MaxLength}");
        if (buffer.Length - HeaderLength < length)
            return false;

        json = buffer.Slice(HeaderLength, length);
        buffer = buffer.Slice(HeaderLength + (long)length);
        return true;
    }

    /// <summary>Appends <paramref name="message"/> as one frame to <paramref name="output"/>.</summary>
    public static void Write<T>(IBufferWriter<byte> output, T message, Action<Utf8JsonWriter, T> write)
    {
        var json = JsonText.Utf8(message, write);
        var span = output.GetSpan(HeaderLength + json.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(span, (uint)json.Length);
        json.CopyTo(span[HeaderLength..]);
        output.Advance(HeaderLength + json.Length);
    }

    /// <summary>Parses the JSON of one frame.</summary>
    /// <exception cref="JsonException">It is not a message of this type, or not that alone.</exception>
    public static T Parse<T>(in ReadOnlySequence<byte> json, JsonReading<T> read) => JsonText.Parse(json, read);
}
