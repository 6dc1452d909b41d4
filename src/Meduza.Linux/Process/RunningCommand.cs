using System.Text;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Process;

/// <summary>
/// A program that runs beside this one. A thread of its own reads what it writes, whole lines, and collects its exit
/// status. Disposing kills its whole group.
/// </summary>
public sealed class RunningCommand : IDisposable
{
    private readonly SpawnRequest _request;
    private readonly Pidfd _process;
    private readonly Thread _thread;
    private readonly Descriptor _output;
    private readonly Descriptor _error;
    private readonly List<string> _lines = [];
    private readonly ManualResetEventSlim _done = new();
    private Exit _exit;

    private RunningCommand(SpawnRequest request, int pid, Descriptor output, Descriptor error)
    {
        (_request, Pid, _output, _error) = (request, pid, output, error);
        _process = Pidfd.Open(pid);
        _thread = new Thread(Read) { IsBackground = true, Name = request.Path };
        _thread.Start();
    }

    /// <summary>Its pid, also that of its session and group.</summary>
    public int Pid { get; }

    /// <summary>True once it ended; its status was collected then.</summary>
    public bool HasExited => _done.IsSet;

    /// <summary>The lines that it wrote so far, of both streams in the order in which they were read.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    /// <summary>All lines, for a failure's message.</summary>
    public string Text => string.Join('\n', Lines);

    internal static RunningCommand Start(SpawnRequest request)
    {
        var (outputRead, outputWrite) = Descriptor.Pipe();
        var (errorRead, errorWrite) = Descriptor.Pipe();
        try
        {
            using (outputWrite)
            using (errorWrite)
                return new(request, Spawn.Run(request with { Output = outputWrite, Error = errorWrite }), outputRead, errorRead);
        }
        catch
        {
            outputRead.Dispose();
            errorRead.Dispose();
            throw;
        }
    }

    /// <summary>Sends a signal to the program alone.</summary>
    /// <returns>False when it has ended.</returns>
    public bool Kill(int signal) => _process.Signal(signal);

    /// <summary>Waits for its end.</summary>
    /// <exception cref="TimeoutException">It still runs.</exception>
    public Exit Wait(TimeSpan timeout) => _done.Wait(timeout)
        ? _exit
        : throw new TimeoutException($"{_request.Path} (pid {Pid}) still runs after {timeout.TotalSeconds:0.###} s\n{Text}");

    /// <summary>Waits for a line, among those already written too.</summary>
    /// <returns>The first one that fits.</returns>
    /// <exception cref="TimeoutException">None came, or the program ended without it.</exception>
    public string WaitForLine(Func<string, bool> wanted, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        lock (_lines)
        {
            for (var next = 0; ;)
            {
                for (; next < _lines.Count; next++)
                {
                    if (wanted(_lines[next]))
                        return _lines[next];
                }
                var left = deadline - Environment.TickCount64;
                if (_done.IsSet || left <= 0)
                {
                    throw new TimeoutException($"{_request.Path}: the awaited line did not come\n{string.Join('\n', _lines)}");
                }
                Monitor.Wait(_lines, (int)left);
            }
        }
    }

    public void Dispose()
    {
        if (!HasExited)
            Signals.Send(-Pid, SIGKILL);
        _thread.Join();
        _process.Dispose();
        _done.Dispose();
    }

    private void Read()
    {
        using var output = new LineSplitter(_output, Add);
        using var error = new LineSplitter(_error, Add);
        var events = new pollfd[3];
        for (var ended = false; !ended;)
        {
            events[0] = new() { fd = _process.Descriptor.Number, events = POLLIN };
            events[1] = new() { fd = _output.Number, events = POLLIN };
            events[2] = new() { fd = _error.Number, events = POLLIN };
            Polling.Wait(events, Timeout.Infinite);
            ended = events[0].revents != 0;
            output.Read();
            error.Read();
        }
        output.Finish();
        error.Finish();

        Reaper.TryReap(Pid, out _exit);
        lock (_lines)
        {
            _done.Set();
            Monitor.PulseAll(_lines);
        }
    }

    private void Add(string line)
    {
        lock (_lines)
        {
            _lines.Add(line);
            Monitor.PulseAll(_lines);
        }
    }

    private sealed unsafe class LineSplitter : IDisposable
    {
        private readonly Descriptor _pipe;
        private readonly Action<string> _line;
        private readonly List<byte> _rest = [];

        public LineSplitter(Descriptor pipe, Action<string> line)
        {
            (_pipe, _line) = (pipe, line);
            Nonblocking.Set(pipe);
        }

        public void Read()
        {
            var buffer = stackalloc byte[16384];
            while (_pipe.Number >= 0)
            {
                var length = (long)read(_pipe.Number, buffer, 16384);
                if (length == 0)
                    _pipe.Dispose();
                else if (length > 0)
                    Split(new ReadOnlySpan<byte>(buffer, (int)length));
                else if (errno != EINTR)
                    return;
            }
        }

        /// <summary>A last line without its line end is a line too.</summary>
        public void Finish()
        {
            if (_rest.Count > 0)
                Split("\n"u8);
        }

        public void Dispose() => _pipe.Dispose();

        private void Split(ReadOnlySpan<byte> bytes)
        {
            for (int end; (end = bytes.IndexOf((byte)'\n')) >= 0; bytes = bytes[(end + 1)..])
            {
                _rest.AddRange(bytes[..end]);
                _line(Encoding.UTF8.GetString([.. _rest]));
                _rest.Clear();
            }
            _rest.AddRange(bytes);
        }
    }
}
