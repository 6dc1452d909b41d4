using System.Text;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>The reading end of a pipe, and what came out of it so far.</summary>
/// <remarks>Of more than a limit only the beginning is kept. Whoever writes without end cannot hold up a reader: a call takes so much at most.</remarks>
internal sealed unsafe class PipeDrain : IDisposable
{
    /// <summary>As much as a pipe may hold at all (<c>/proc/sys/fs/pipe-max-size</c>), in chunks.</summary>
    private const int MostChunks = 64;

    private readonly Descriptor _pipe;
    private readonly int _longest;
    private readonly MemoryStream _text = new();

    public PipeDrain(Descriptor pipe, int longest = int.MaxValue)
    {
        (_pipe, _longest) = (pipe, longest);
        Nonblocking.Set(pipe);
    }

    /// <summary>The descriptor, -1 (which poll(2) skips) once the other end is closed.</summary>
    public int Number => _pipe.Number;

    public string Text => Encoding.UTF8.GetString(_text.GetBuffer(), 0, (int)_text.Length);

    /// <summary>Takes what is there, without waiting.</summary>
    public void Read(bool ready)
    {
        var buffer = stackalloc byte[16384];
        for (var chunks = 0; ready && _pipe.Number >= 0 && chunks < MostChunks; chunks++)
        {
            var length = (long)read(_pipe.Number, buffer, 16384);
            if (length > 0)
                _text.Write(new ReadOnlySpan<byte>(buffer, (int)Math.Min(length, _longest - _text.Length)));
            else if (length == 0)
                _pipe.Dispose();
            else if (errno != EINTR)
                return;
        }
    }

    public void Dispose()
    {
        _pipe.Dispose();
        _text.Dispose();
    }
}

/// <summary>The writing end of a pipe, and what is still to go into it.</summary>
internal sealed unsafe class PipeFeed : IDisposable
{
    private readonly Descriptor? _pipe;
    private readonly byte[] _bytes;
    private int _written;

    public PipeFeed(Descriptor? pipe, byte[] bytes)
    {
        (_pipe, _bytes) = (pipe, bytes);
        if (pipe is not null)
            Nonblocking.Set(pipe);
        if (bytes.Length == 0)
            pipe?.Dispose();
    }

    public int Number => _pipe?.Number ?? -1;

    /// <summary>Gives as much as fits. A reader that closed its end wants no more: that is no error.</summary>
    public void Write(bool ready)
    {
        if (!ready || Number < 0)
            return;
        fixed (byte* start = _bytes)
        {
            var length = (long)write(Number, start + _written, (size_t)(_bytes.Length - _written));
            if (length > 0)
                _written += (int)length;
            if (_written == _bytes.Length || length < 0 && errno != EAGAIN && errno != EINTR)
                _pipe!.Dispose();
        }
    }

    public void Dispose() => _pipe?.Dispose();
}

/// <summary>O_NONBLOCK.</summary>
internal static class Nonblocking
{
    public static void Set(Descriptor descriptor)
    {
        if (fcntl(descriptor.Number, F_SETFL, fcntl(descriptor.Number, F_GETFL) | O_NONBLOCK) < 0)
            throw LinuxException.Last("fcntl", "O_NONBLOCK");
    }
}
