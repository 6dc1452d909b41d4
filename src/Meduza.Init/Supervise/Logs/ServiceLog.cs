using System.Text;
using Meduza.Init.Supervise.Continuation;
using Meduza.Linux;
using Meduza.Linux.Events;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Supervise.Logs;

/// <summary>
/// The log of one service: the two pipes that all its processes write into, one after the other, its two files and its
/// tail in memory. PID 1 holds both ends of the pipes as long as the service is defined, so no process is ever left
/// with a pipe that nobody reads.
/// </summary>
internal sealed class ServiceLog : IDisposable
{
    private readonly LogStream _out;
    private readonly LogStream _error;

    /// <param name="pipes">Those that an earlier image of PID 1 made for this service; null makes them.</param>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public ServiceLog(string name, Logs logs, EventLoop loop, ServicePipes? pipes = null)
    {
        Name = name;
        _out = new LogStream(this, error: false, logs, loop, pipes?.Output);
        try
        {
            _error = new LogStream(this, error: true, logs, loop, pipes?.Error);
        }
        catch
        {
            _out.Dispose();
            throw;
        }
    }

    public string Name { get; }
    public LogTail Tail { get; } = new();

    /// <summary>What is hidden in its lines, from now on.</summary>
    public SecretFields Secrets { get; set; } = SecretFields.None;

    /// <summary>Lines that are missing in its files.</summary>
    public long Lost => _out.File.Lost + _error.File.Lost;

    /// <summary>Where its processes' standard output goes.</summary>
    public Descriptor Output => _out.Writer;

    /// <summary>Where its processes' standard error goes.</summary>
    public Descriptor Error => _error.Writer;

    /// <summary>Its process has ended: takes all that it wrote, the last line also without its end.</summary>
    public void Finish()
    {
        _out.Finish();
        _error.Finish();
    }

    public KeptLog Keep(bool withTail) => new()
    {
        Name = Name,
        Output = _out.Keep(),
        Error = _error.Keep(),
        Tail = withTail ? Tail.Keep() : new(),
    };

    public void Resume(KeptLog kept)
    {
        Tail.Resume(kept.Tail);
        _out.Resume(kept.Output);
        _error.Resume(kept.Error);
    }

    public void Reopen()
    {
        _out.File.Close();
        _error.File.Close();
    }

    public void Dispose()
    {
        Finish();
        _out.Dispose();
        _error.Dispose();
    }
}

/// <summary>The two pipes of a service, each with both its ends; null where it is to be made anew.</summary>
internal readonly record struct ServicePipes((Descriptor Read, Descriptor Write)? Output, (Descriptor Read, Descriptor Write)? Error);

/// <summary>One pipe of a service. Each turn of the loop reads it once, so that a flood leaves the others their turn.</summary>
internal sealed unsafe class LogStream : IDisposable
{
    /// <summary>What a pipe holds by default: a child that ended cannot have left more.</summary>
    private const int MostReadsAtEnd = 64;

    private readonly ServiceLog _log;
    private readonly bool _isError;
    private readonly Logs _logs;
    private readonly Descriptor _reader;
    private readonly Watch _watch;
    private readonly LineAssembler _assembler = new();
    private readonly LineAssembler.LineHandler _handler;
    private readonly byte[] _prefix;

    public LogStream(ServiceLog log, bool error, Logs logs, EventLoop loop, (Descriptor Read, Descriptor Write)? pipe)
    {
        (_log, _isError, _logs) = (log, error, logs);
        _prefix = Encoding.UTF8.GetBytes($"{log.Name}: ");
        File = new LogFile(Path.Combine(logs.Folder, $"{log.Name}.{(error ? "err" : "out")}.log"));
        _handler = line => _logs.Take(_log, _isError, _prefix, _log.Secrets.Hide(line));
        (_reader, Writer) = pipe ?? Descriptor.Pipe();
        try
        {
            // The reader alone: a program may be surprised by an output that does not block.
            if (fcntl(_reader.Number, F_SETFL, O_NONBLOCK) < 0)
                throw LinuxException.Last("fcntl", log.Name);
            _watch = loop.Watch(_reader, Ready.Read, _ => Read());
        }
        catch
        {
            _reader.Dispose();
            Writer.Dispose();
            throw;
        }
    }

    public LogFile File { get; }
    public Descriptor Writer { get; }

    public KeptStream Keep() => new()
    {
        Reader = _reader.Number,
        Writer = Writer.Number,
        Rest = _assembler.Rest.ToArray(),
        Dropped = File.Dropped,
        Lost = File.Lost,
    };

    public void Resume(KeptStream kept)
    {
        _assembler.Feed(kept.Rest, _handler);
        File.Resume(kept.Dropped, kept.Lost);
    }

    public void Finish()
    {
        for (var reads = 0; reads < MostReadsAtEnd && Read(); reads++)
        {
        }
        _assembler.Finish(_handler);
        _logs.Flush(File);
    }

    public void Dispose()
    {
        _watch.Dispose();
        _reader.Dispose();
        Writer.Dispose();
        File.Dispose();
    }

    private bool Read()
    {
        var buffer = _logs.ReadBuffer;
        long length;
        fixed (byte* bytes = buffer)
            length = (long)read(_reader.Number, bytes, (size_t)buffer.Length);
        if (length <= 0)
            return false;
        _assembler.Feed(buffer.AsSpan(0, (int)length), _handler);
        _logs.Flush(File);
        return true;
    }
}
