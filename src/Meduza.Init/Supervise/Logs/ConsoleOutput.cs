using System.Buffers;
using Meduza.Linux;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Supervise.Logs;

/// <summary>
/// PID 1's standard output, never waited for: lines that do not fit are dropped and counted, and the count is shown when
/// there is room again. A line that was written in part is finished before any other.
/// </summary>
/// <remarks>
/// Where the kernel allows, the output is opened a second time, non-blocking: the flag belongs to the open file, which
/// others who share the terminal or pipe must not find changed. Where it does not (a socket), poll(2) is asked before
/// each write of at most PIPE_BUF bytes, which then does not block.
/// </remarks>
internal sealed unsafe class ConsoleOutput : IDisposable
{
    private const int PipeBuffer = 4096;

    private readonly Descriptor? _own;
    private readonly int _output;
    private readonly ArrayBufferWriter<byte> _lines = new(PipeBuffer);
    private byte[] _rest = [];
    private int _lineCount;

    /// <param name="output">A descriptor for writing; not closed.</param>
    public ConsoleOutput(int output)
    {
        _output = output;
        try
        {
            _own = Descriptor.Open($"/proc/self/fd/{output}", O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY);
        }
        catch (LinuxException)
        {
            _own = null;
        }
    }

    /// <summary>Lines dropped since the last that was written.</summary>
    public long Dropped { get; private set; }

    /// <summary>Takes a line; it is written by the next <see cref="Flush"/>.</summary>
    public void Add(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> level, ReadOnlySpan<byte> text)
    {
        _lines.Write(prefix);
        _lines.Write(level);
        _lines.Write(text);
        _lines.Write("\n"u8);
        _lineCount++;
    }

    /// <summary>Writes what was added since, as far as there is room.</summary>
    public void Flush()
    {
        if (_lineCount == 0)
            return;
        if (FinishRest() && ReportDropped())
            WriteLines(_lines.WrittenSpan, _lineCount);
        else
            Dropped += _lineCount;
        _lines.ResetWrittenCount();
        _lineCount = 0;
    }

    /// <summary>The rest of a line that was written in part.</summary>
    public ReadOnlySpan<byte> Rest => _rest;

    /// <summary>Goes on where another left off.</summary>
    public void Resume(byte[] rest, long dropped) => (_rest, Dropped) = (rest, dropped);

    public void Dispose() => _own?.Dispose();

    private bool FinishRest()
    {
        var written = TryWrite(_rest);
        _rest = _rest[written..];
        return _rest.Length == 0;
    }

    private bool ReportDropped()
    {
        if (Dropped == 0)
            return true;
        var note = System.Text.Encoding.UTF8.GetBytes($"meduza-init: {Dropped} lines not shown here, the output was not read\n");
        var written = TryWrite(note);
        if (written == 0)
            return false;
        Dropped = 0;
        _rest = note[written..];
        return _rest.Length == 0;
    }

    private void WriteLines(ReadOnlySpan<byte> bytes, int lines)
    {
        var written = TryWrite(bytes);
        if (written == bytes.Length)
            return;
        // The line that was cut is kept to its end, those behind it are not.
        var end = written;
        if (written > 0 && bytes[written - 1] != (byte)'\n')
            end = written + bytes[written..].IndexOf((byte)'\n') + 1;
        _rest = bytes[written..end].ToArray();
        Dropped += bytes[end..].Count((byte)'\n');
    }

    /// <summary>How many bytes went out; less than all when there is no room.</summary>
    private int TryWrite(ReadOnlySpan<byte> bytes)
    {
        var done = 0;
        fixed (byte* start = bytes)
        {
            while (done < bytes.Length)
            {
                var most = bytes.Length - done;
                if (_own is null)
                {
                    pollfd ready = new() { fd = _output, events = POLLOUT };
                    if (poll(&ready, 1, 0) != 1)
                        break;
                    most = Math.Min(most, PipeBuffer);
                }
                var length = (long)write(_own?.Number ?? _output, start + done, (size_t)most);
                if (length > 0)
                    done += (int)length;
                else if (length == 0 || errno != EINTR)
                    break;
            }
        }
        return done;
    }
}
