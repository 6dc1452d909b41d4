using System.Runtime.InteropServices;

namespace Meduza.Linux.Compression;

/// <summary>
/// What is packed with Zstandard (RFC 8878), a piece at a time, by the machine's own libzstd: the runtime has no such decoder,
/// and whatever has dpkg or OpenSSL has that library.
/// </summary>
public sealed unsafe partial class ZstdDecoder : IDisposable
{
    private const string Library = "libzstd.so.1";

    /// <summary>RFC 9659, 3: what is sent as content coding <c>zstd</c> needs no more than 8 MiB to look back at.</summary>
    private const int LongestWindowLog = 23;

    /// <summary><c>ZSTD_d_windowLogMax</c> of zstd.h.</summary>
    private const int WindowLogMax = 100;

    private nint _context;

    /// <exception cref="InsufficientMemoryException">There is no memory for it.</exception>
    public ZstdDecoder()
    {
        _context = ZSTD_createDStream();
        if (_context == 0)
            throw new InsufficientMemoryException($"{Library} has no memory for a decoder");
        _ = ZSTD_DCtx_setParameter(_context, WindowLogMax, LongestWindowLog);
    }

    /// <summary>True where the machine has the library; without it there is no decoder.</summary>
    public static bool IsThere { get; } = NativeLibrary.TryLoad(Library, out _);

    /// <summary>True at the end of a frame: what ends elsewhere was cut off. Before the first piece it is false.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Unpacks as much as there is room for.</summary>
    /// <param name="from">What is packed; the rest of it is given again.</param>
    /// <param name="to">Where to.</param>
    /// <param name="consumed">Bytes of <paramref name="from"/> that are done with.</param>
    /// <param name="written">Bytes of <paramref name="to"/>.</param>
    /// <returns>False for what is not packed so.</returns>
    public bool TryDecompress(ReadOnlySpan<byte> from, Span<byte> to, out int consumed, out int written)
    {
        fixed (byte* source = from, target = to)
        {
            // ZSTD_outBuffer and ZSTD_inBuffer of zstd.h: a pointer, a size and a position, each of a machine word.
            var output = stackalloc nuint[] { (nuint)target, (nuint)to.Length, 0 };
            var input = stackalloc nuint[] { (nuint)source, (nuint)from.Length, 0 };
            var left = ZSTD_decompressStream(_context, output, input);
            (consumed, written) = ((int)input[2], (int)output[2]);
            // "0 when a frame is completely decoded and fully flushed".
            IsAtEnd = left == 0;
            return ZSTD_isError(left) == 0;
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    ~ZstdDecoder() => Free();

    // Once, however often it is let go; a null pointer it passes over.
    private void Free() => _ = ZSTD_freeDStream(Interlocked.Exchange(ref _context, 0));

    [LibraryImport(Library)]
    private static partial nint ZSTD_createDStream();

    [LibraryImport(Library)]
    private static partial nuint ZSTD_freeDStream(nint context);

    [LibraryImport(Library)]
    private static partial nuint ZSTD_DCtx_setParameter(nint context, int parameter, int value);

    [LibraryImport(Library)]
    private static partial nuint ZSTD_decompressStream(nint context, nuint* output, nuint* input);

    [LibraryImport(Library)]
    private static partial uint ZSTD_isError(nuint code);
}
