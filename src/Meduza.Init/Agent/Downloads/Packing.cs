using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Meduza.Linux.Compression;

namespace Meduza.Init.Agent.Downloads;

/// <summary>
/// How a body is packed (RFC 9110, 8.4.1): gzip, brotli and, where the machine can unpack it, Zstandard are asked for, and nothing
/// else is taken. What is cut off is not taken for all of it, which the framework's streams do.
/// </summary>
internal static class Packing
{
    /// <summary>For <c>Accept-Encoding</c>.</summary>
    public static string Accepted { get; } = ZstdDecoder.IsThere ? "gzip, br, zstd" : "gzip, br";

    private const int ChunkSize = 64 << 10;

    /// <summary>Length of the content at the end of a gzip file (RFC 1952, 2.3.1), modulo 2^32.</summary>
    private const int GZipTrailer = sizeof(uint);

    /// <summary>Unpacks.</summary>
    /// <param name="packed">Of known length; read from its position to its end.</param>
    /// <param name="packing">As the server says; null where it is not packed.</param>
    /// <param name="longest">In bytes, unpacked.</param>
    /// <param name="write">Takes each part of what is in it.</param>
    /// <exception cref="RefusedAnswerException">It is too long, or not packed as the server says.</exception>
    public static void Unpack(Stream packed, string? packing, int longest, Action<ReadOnlySpan<byte>> write)
    {
        long length = 0;
        var limited = (ReadOnlySpan<byte> bytes) =>
        {
            if ((length += bytes.Length) > longest)
                throw TooLong(longest);
            write(bytes);
        };
        switch (packing?.ToLowerInvariant())
        {
            case null or "" or "identity":
                Copy(packed, limited);
                break;
            case "gzip" or "x-gzip":
                using (var content = new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true))
                    Copy(content, limited);
                if (TrailerOf(packed) != (uint)length)
                    throw Mispacked();
                break;
            case "br":
                UnpackBrotli(packed, limited);
                break;
            case "zstd" when ZstdDecoder.IsThere:
                UnpackZstd(packed, limited);
                break;
            default:
                throw new RefusedAnswerException("its answer is packed in a way that nobody asked for");
        }
    }

    public static RefusedAnswerException TooLong(int longest) => new($"its answer is longer than {longest >> 20} MiB");

    private static RefusedAnswerException Mispacked() => new("its answer is not packed as it says");

    private static void Copy(Stream content, Action<ReadOnlySpan<byte>> write)
    {
        var chunk = new byte[ChunkSize];
        try
        {
            while (content.Read(chunk) is var count and > 0)
                write(chunk.AsSpan(0, count));
        }
        catch (InvalidDataException)
        {
            throw Mispacked();
        }
    }

    private static uint? TrailerOf(Stream packed)
    {
        if (packed.Length < GZipTrailer)
            return null;
        packed.Seek(-GZipTrailer, SeekOrigin.End);
        Span<byte> trailer = stackalloc byte[GZipTrailer];
        packed.ReadExactly(trailer);
        return BinaryPrimitives.ReadUInt32LittleEndian(trailer);
    }

    private static void UnpackBrotli(Stream packed, Action<ReadOnlySpan<byte>> write)
    {
        using var decoder = new BrotliDecoder();
        var (from, to) = (new byte[ChunkSize], new byte[ChunkSize]);
        for (var rest = Memory<byte>.Empty; ;)
        {
            var status = decoder.Decompress(rest.Span, to, out var consumed, out var written);
            write(to.AsSpan(0, written));
            rest = rest[consumed..];
            if (status == OperationStatus.Done)
                return;
            if (status == OperationStatus.InvalidData)
                throw Mispacked();
            if (status == OperationStatus.DestinationTooSmall)
                continue;
            rest.CopyTo(from);
            var count = packed.Read(from.AsSpan(rest.Length));
            if (count == 0)
                throw Mispacked();
            rest = from.AsMemory(0, rest.Length + count);
        }
    }

    private static void UnpackZstd(Stream packed, Action<ReadOnlySpan<byte>> write)
    {
        using var decoder = new ZstdDecoder();
        var (from, to) = (new byte[ChunkSize], new byte[ChunkSize]);
        while (packed.Read(from) is var count and > 0)
        {
            for (var rest = from.AsSpan(0, count); ;)
            {
                if (!decoder.TryDecompress(rest, to, out var consumed, out var written))
                    throw Mispacked();
                write(to.AsSpan(0, written));
                rest = rest[consumed..];
                // With room left, or at the end, all is out that it made of what it was given.
                if (rest.IsEmpty && (written < to.Length || decoder.IsAtEnd))
                    break;
            }
        }
        if (!decoder.IsAtEnd)
            throw Mispacked();
    }
}
