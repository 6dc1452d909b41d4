using Meduza.Linux;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Supervise.Logs;

/// <summary>
/// A log file that keeps a bounded size: at <see cref="MostBytes"/> it becomes <c>.1</c>, that one <c>.2</c>, and that is
/// all. What cannot be written (a full disk) is dropped and counted; the count is written when writing works again.
/// </summary>
internal sealed unsafe class LogFile(string path) : IDisposable
{
    public const int MostBytes = 5_000_000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private Descriptor? _file;
    private long _length;
    private long _pausedUntil;

    /// <summary>Lines dropped since the last that was written.</summary>
    public long Dropped { get; private set; }

    /// <summary>Appends whole lines.</summary>
    /// <param name="bytes">The lines, each with its end.</param>
    /// <param name="lines">How many.</param>
    public void Write(ReadOnlySpan<byte> bytes, int lines)
    {
        // A disk that was full a moment ago is asked again once a second, not once a line.
        if (Dropped > 0 && Environment.TickCount64 < _pausedUntil)
        {
            Dropped += lines;
            return;
        }
        try
        {
            _file ??= Open();
            if (Dropped > 0)
            {
                Append(System.Text.Encoding.UTF8.GetBytes($"[meduza-init: {Dropped} lines lost here, the file could not be written]\n"));
                Dropped = 0;
            }
            // Before and not after: what cannot be moved away is not written to either, so that it does not grow.
            if (_length >= MostBytes)
            {
                Rotate();
                _file = Open();
            }
            Append(bytes);
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            Dropped += lines;
            _pausedUntil = Environment.TickCount64 + (long)Pause.TotalMilliseconds;
            Close();
        }
    }

    /// <summary>Closes it; the next line opens it anew, by name. For those who moved it away (SIGHUP).</summary>
    public void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    public void Dispose() => Close();

    private Descriptor Open()
    {
        var file = Descriptor.Open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0x1a0 /* 0640 */);
        _length = (long)lseek(file.Number, 0, SEEK_END);
        return file;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (var written = 0; written < bytes.Length;)
            {
                var length = (long)write(_file!.Number, start + written, (size_t)(bytes.Length - written));
                if (length < 0 && errno != EINTR)
                    throw LinuxException.Last("write", path);
                written += (int)Math.Max(length, 0);
                _length += Math.Max(length, 0);
            }
        }
    }

    private void Rotate()
    {
        Close();
        Move(path + ".1", path + ".2");
        Move(path, path + ".1");
    }

    /// <summary>rename(2); a file that is not there (yet) is none to keep.</summary>
    private static void Move(string from, string to)
    {
        if (File.Exists(from))
            File.Move(from, to, overwrite: true);
    }
}
