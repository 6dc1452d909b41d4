using System.Runtime.InteropServices;
using Meduza.Linux.Process;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Files;

/// <summary>Whole contents in and out of a descriptor, signals and short counts notwithstanding.</summary>
public static unsafe class DescriptorIO
{
    /// <summary>Reads until the end: files of <c>/proc</c> have no length beforehand.</summary>
    /// <exception cref="LinuxException">The read failed.</exception>
    public static byte[] ReadToEnd(Descriptor descriptor, string path)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var content = new byte[4096];
        var length = 0;
        while (true)
        {
            if (length == content.Length)
                Array.Resize(ref content, content.Length * 2);
            var count = Read(descriptor, content.AsSpan(length), path);
            if (count == 0)
                return content[..length];
            length += count;
        }
    }

    /// <summary>True where what is left to read is this content, and nothing else. It reads no further than to where it differs.</summary>
    /// <exception cref="LinuxException">The read failed.</exception>
    public static bool Holds(Descriptor descriptor, ReadOnlySpan<byte> content, string path)
    {
        Span<byte> piece = stackalloc byte[4096];
        while (true)
        {
            var count = Read(descriptor, piece, path);
            if (count == 0)
                return content.IsEmpty;
            if (!content.StartsWith(piece[..count]))
                return false;
            content = content[count..];
        }
    }

    /// <summary>Reads a file from its start, wherever others have read or written up to.</summary>
    /// <param name="most">Bytes to read at most.</param>
    /// <exception cref="LinuxException">The read failed.</exception>
    public static byte[] ReadFromStart(Descriptor descriptor, string path, int most = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        var content = new byte[Math.Min((ulong)most, FileStatus.Of(descriptor, path).Length)];
        fixed (byte* bytes = content)
        {
            for (var done = 0; done < content.Length;)
            {
                var count = (long)pread(descriptor.Number, bytes + done, content.Length - done, done);
                if (count == 0)
                    return content[..done];
                if (count > 0)
                    done += (int)count;
                else if (Marshal.GetLastPInvokeError() != EINTR)
                    throw LinuxException.Last("read", path);
            }
        }
        return content;
    }

    /// <returns>How many bytes were read; 0 at the end.</returns>
    /// <exception cref="LinuxException">The read failed.</exception>
    public static int Read(Descriptor descriptor, Span<byte> buffer, string path)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                var count = (long)read(descriptor.Number, bytes, buffer.Length);
                if (count >= 0)
                    return (int)count;
                if (Marshal.GetLastPInvokeError() != EINTR)
                    throw LinuxException.Last("read", path);
            }
        }
    }

    /// <summary>Writes all of it, waiting where the descriptor is a full pipe that does not block.</summary>
    /// <exception cref="LinuxException">The write failed, maybe after a part of it; <c>EPIPE</c>: nobody reads any more.</exception>
    public static void Write(Descriptor descriptor, ReadOnlySpan<byte> content, string path)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        fixed (byte* bytes = content)
        {
            for (var written = 0; written < content.Length;)
            {
                var count = (long)write(descriptor.Number, bytes + written, content.Length - written);
                if (count >= 0)
                {
                    written += (int)count;
                    continue;
                }
                var error = Marshal.GetLastPInvokeError();
                if (error == EAGAIN)
                    Polling.Wait([new() { fd = descriptor.Number, events = POLLOUT }], Timeout.Infinite);
                else if (error != EINTR)
                    throw new LinuxException("write", path, error);
            }
        }
    }
}
