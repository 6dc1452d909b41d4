using System.Buffers.Binary;

namespace Meduza.Init.Agent.Store.Grpc;

/// <summary>
/// A message in the body of a request or an answer (gRPC's <c>doc/PROTOCOL-HTTP2.md</c>, <i>Length-Prefixed-Message</i>):
/// <code>
/// | compressed: u8 | length: u32, big endian | message: length bytes |
/// </code>
/// </summary>
internal static class GrpcFrame
{
    private const int HeaderLength = 5;

    /// <summary>Longest message accepted, in bytes: a fleet of thousands fits, an endless one ends the call.</summary>
    public const int MaxLength = 64 << 20;

    public static byte[] Of(ReadOnlySpan<byte> message)
    {
        var frame = new byte[HeaderLength + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame.AsSpan(HeaderLength));
        return frame;
    }

    /// <returns>The next message; null at the end.</returns>
    /// <exception cref="GrpcException">It is compressed, which nobody asked for, or longer than <see cref="MaxLength"/>.</exception>
    /// <exception cref="IOException">The connection ended, or the body within a message.</exception>
    public static async Task<byte[]?> ReadAsync(Stream body, CancellationToken cancellation)
    {
        var header = new byte[HeaderLength];
        var read = await body.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, cancellation);
        if (read == 0)
            return null;
        if (read < HeaderLength)
            throw new EndOfStreamException("the answer ends within the head of a message");
        var length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1));
        if (header[0] != 0)
            throw new GrpcException(GrpcStatus.Internal, "a compressed message");
        if (length > MaxLength)
            throw new GrpcException(GrpcStatus.ResourceExhausted, $"a message of {length} bytes: the limit is {MaxLength}");
        var message = new byte[length];
        await body.ReadExactlyAsync(message, cancellation);
        return message;
    }
}
