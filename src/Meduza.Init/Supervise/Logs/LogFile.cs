using Meduza.Linux;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Supervise.Logs;

/// <summary>
/// A log file that keeps a bounded size: at <see cref="MostBytes"/> it becomes <c>.1</c>, that one <c>.2</c>, and that is
/// all. What cannot be written (a full disk) is dropped and counted, and the count is written when writing works again.
/// A line is in the file whole or not at all: what was written of one that did not fit is cut off again.
/// </summary>
internal sealed unsafe class LogFile(string path) : IDisposable
{
    public const int MostBytes = 5_000_000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private Descriptor? _file;
    private long _length;
    private long _pausedUntil;
    private long _silentUntil;
    private bool _told;
    private string? _news;

    /// <summary>Lines dropped since the last that was written.</summary>
    public long Dropped { get; private set; }

    /// <summary>All lines ever dropped.</summary>
    public long Lost { get; private set; }

    /// <summary>Appends whole lines.</summary>
    /// <param name="bytes">The lines, each with its end.</param>
    /// <param name="lines">How many.</param>
    public void Write(ReadOnlySpan<byte> bytes, int lines)
    {
        // A disk that was full a moment ago is asked again once a second, not once a line.
        if (Dropped > 0 && Environment.TickCount64 < _pausedUntil)
        {
            Drop(lines);
            return;
        }
        var kept = 0;
        try
        {
            _file ??= Open();
            // Before and not after: what cannot be moved away is not written to either, so that it does not grow.
            if (_length >= MostBytes)
            {
                Rotate();
                _file = Open();
            }
            if (Dropped > 0)
            {
                var note = System.Text.Encoding.UTF8.GetBytes($"[meduza-init: {Dropped} lines lost here, the file could not be written]\n");
                Append(note, out _, out var noteFailure);
                if (noteFailure is not null)
                    throw noteFailure;
                TellRecovery();
            }
            Append(bytes, out kept, out var failure);
            if (failure is not null)
                throw failure;
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            Drop(lines - kept);
            _pausedUntil = Environment.TickCount64 + (long)Pause.TotalMilliseconds;
            Close();
            TellLoss(e.Message);
        }
    }

    /// <summary>
    /// What is to be told, once, after a <see cref="Write"/>: that lines are being lost (at most once a minute, since a
    /// disk may be full and not full by turns), or that they no longer are. Null when there is nothing new.
    /// </summary>
    public string? TakeNews()
    {
        var news = _news;
        _news = null;
        return news;
    }

    /// <summary>Goes on where an earlier image of PID 1 left off.</summary>
    public void Resume(long dropped, long lost) => (Dropped, Lost) = (dropped, lost);

    /// <summary>Closes it; the next line opens it anew, by name. For those who moved it away (SIGHUP).</summary>
    public void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    public void Dispose() => Close();

    private Descriptor Open()
    {
        Descriptor file;
        try
        {
            file = OpenAsItIs();
        }
        catch (LinuxException e) when (e.Errno == ENOENT)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            file = OpenAsItIs();
        }
        _length = (long)lseek(file.Number, 0, SEEK_END);
        return file;
    }

    private Descriptor OpenAsItIs() => Descriptor.Open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0x1a0 /* 0640 */);

    /// <summary>Writes as many whole lines as there is room for.</summary>
    /// <param name="whole">How many that were.</param>
    /// <param name="failure">Why not all; null when all.</param>
    private void Append(ReadOnlySpan<byte> bytes, out int whole, out LinuxException? failure)
    {
        failure = null;
        var written = 0;
        fixed (byte* start = bytes)
        {
            while (written < bytes.Length && failure is null)
            {
                var length = (long)write(_file!.Number, start + written, (size_t)(bytes.Length - written));
                if (length < 0 && errno != EINTR)
                    failure = LinuxException.Last("write", path);
                written += (int)Math.Max(length, 0);
            }
        }
        var end = bytes[..written].LastIndexOf((byte)'\n') + 1;
        _length += end;
        // On a full disk too a file can become shorter.
        if (end < written)
            _ = ftruncate(_file!.Number, _length);
        whole = bytes[..end].Count((byte)'\n');
    }

    private void Drop(int lines)
    {
        Dropped += lines;
        Lost += lines;
    }

    private void TellLoss(string why)
    {
        if (_told || Environment.TickCount64 < _silentUntil)
            return;
        _told = true;
        _silentUntil = Environment.TickCount64 + (long)Silence.TotalMilliseconds;
        _news = $"warning: {why}: its lines are in memory only until it can be written again";
    }

    private void TellRecovery()
    {
        var dropped = Dropped;
        Dropped = 0;
        if (!_told)
            return;
        _told = false;
        _news = $"{path} is written again, {dropped} lines are missing in it";
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
