using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Tests.Netlink.Fuzz;

/// <summary>
/// Memory whose end is the end of what may be read: the page behind it, and the one before it, may not be touched. What
/// reads one byte too far ends the process.
/// </summary>
internal sealed unsafe class GuardedBuffer : IDisposable
{
    private const int Page = 4096;

    private readonly byte* _pages;
    private readonly int _length;

    /// <param name="pages">How many pages it has.</param>
    public GuardedBuffer(int pages)
    {
        _length = pages * Page;
        _pages = (byte*)mmap(null, (size_t)(ulong)(_length + 2 * Page), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (_pages == (byte*)-1 || mprotect(_pages + Page, (size_t)(ulong)_length, PROT_READ | PROT_WRITE) != 0)
            throw LinuxException.Last("mmap", $"{pages} pages");
    }

    /// <summary>A copy that ends where the memory does.</summary>
    public ReadOnlySpan<byte> Put(ReadOnlySpan<byte> bytes)
    {
        var span = new Span<byte>(_pages + Page + _length - bytes.Length, bytes.Length);
        bytes.CopyTo(span);
        return span;
    }

    public void Dispose()
    {
        if (munmap(_pages, (size_t)(ulong)(_length + 2 * Page)) != 0)
            throw LinuxException.Last("munmap", "");
    }
}
