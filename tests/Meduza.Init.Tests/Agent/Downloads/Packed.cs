using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Meduza.Init.Tests.Agent.Downloads;

/// <summary>A body as a server sends it.</summary>
internal static partial class Packed
{
    private const string Zstd = "libzstd.so.1";

    /// <param name="packing">Its content coding; empty for none.</param>
    public static byte[] Of(byte[] body, string packing)
    {
        if (packing == "zstd")
        {
            var target = new byte[ZSTD_compressBound((nuint)body.Length)];
            return target[..(int)ZSTD_compress(target, (nuint)target.Length, body, (nuint)body.Length, 1)];
        }
        using var packed = new MemoryStream();
        using (Stream stream = packing switch { "gzip" => new GZipStream(packed, CompressionLevel.Fastest), "br" => new BrotliStream(packed, CompressionLevel.Fastest), _ => packed })
            stream.Write(body);
        return packed.ToArray();
    }

    [LibraryImport(Zstd)]
    private static partial nuint ZSTD_compressBound(nuint length);

    [LibraryImport(Zstd)]
    private static partial nuint ZSTD_compress(byte[] target, nuint room, byte[] source, nuint length, int level);
}
