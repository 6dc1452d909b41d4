using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Meduza.Linux;
using Meduza.Linux.Events;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Control.Server;

/// <summary>
/// One client. It is never waited for: what it sends is taken as it comes and looked at a whole frame at a time, what it
/// does not read is kept up to <see cref="MostPending"/>, and whoever breaks the framing, sends what is no request or
/// lets more pile up than that is cut off, alone.
/// </summary>
internal sealed unsafe class ControlConnection : IDisposable
{
    /// <summary>Bytes that may wait for a client to read them: the longest frame and some.</summary>
    public const int MostPending = Frames.MaxLength + (1 << 20);

    private const int ReadSize = 16 << 10;

    private readonly Descriptor _socket;
    private readonly Watch _watch;
    private readonly Action<ControlConnection, ControlRequest> _requested;
    private readonly Action<ControlConnection> _closed;

    // One thread, and nobody ever awaits: the pipe is a growing and shrinking chain of pooled buffers, no more.
    private readonly Pipe _input = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0,
        useSynchronizationContext: false));

    private ArrayBufferWriter<byte> _output = new(256);
    private int _sent;
    private bool _waitsForRoom;

    /// <param name="loop">The loop that it lives in.</param>
    /// <param name="socket">Non-blocking; owned from now on.</param>
    /// <param name="requested">Called for each request.</param>
    /// <param name="closed">Called once, when the connection has ended, by whom ever.</param>
    public ControlConnection(
        EventLoop loop, Descriptor socket, Action<ControlConnection, ControlRequest> requested, Action<ControlConnection> closed)
    {
        (_socket, _requested, _closed) = (socket, requested, closed);
        _watch = loop.Watch(socket, Ready.Read, OnReady);
    }

    public bool IsClosed { get; private set; }

    /// <summary>Sends a frame, now or as the client reads. Nothing happens once the connection has ended.</summary>
    public void Send(ControlReply reply)
    {
        if (IsClosed)
            return;
        Frames.Write(_output, reply, ControlJson.Write);
        Flush();
        if (_output.WrittenCount - _sent > MostPending)
            Dispose();
    }

    /// <summary>Says why, as far as the client takes it, and ends the connection.</summary>
    public void Refuse(long id, string error)
    {
        Send(new() { Id = id, Error = error });
        Dispose();
    }

    public void Dispose()
    {
        if (IsClosed)
            return;
        IsClosed = true;
        _watch.Dispose();
        _socket.Dispose();
        _input.Writer.Complete();
        _input.Reader.Complete();
        _closed(this);
    }

    private void OnReady(Ready ready)
    {
        if (ready.HasFlag(Ready.Write))
            Flush();
        if (!IsClosed && (ready & ~Ready.Write) != 0)
            Receive();
    }

    private void Receive()
    {
        var memory = _input.Writer.GetSpan(ReadSize);
        long length;
        fixed (byte* bytes = memory)
            length = (long)read(_socket.Number, bytes, (size_t)Math.Min(memory.Length, ReadSize));
        if (length < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (length <= 0)
        {
            Dispose();
            return;
        }
        _input.Writer.Advance((int)length);
        // Without a pause threshold a flush never waits; that it is done is what makes the bytes readable.
        if (!_input.Writer.FlushAsync().AsTask().IsCompletedSuccessfully || !_input.Reader.TryRead(out var read_))
            return;
        Take(read_.Buffer);
    }

    private void Take(ReadOnlySequence<byte> buffer)
    {
        var end = buffer.End;
        try
        {
            while (!IsClosed && Frames.TryRead(ref buffer, out var json))
                _requested(this, Frames.Parse(json, ControlJson.ReadControlRequest));
        }
        catch (InvalidDataException e)
        {
            Refuse(0, e.Message);
        }
        catch (JsonException e)
        {
            Refuse(0, $"no request: {e.Path ?? "not JSON"}");
        }
        catch (Exception e)
        {
            // Half-read as its input is, this connection could not go on; the others do.
            Refuse(0, $"this request was too much for PID 1: {e.Message}");
        }
        if (!IsClosed)
            _input.Reader.AdvanceTo(buffer.Start, end);
    }

    private void Flush()
    {
        var rest = _output.WrittenSpan[_sent..];
        while (rest.Length > 0)
        {
            long length;
            fixed (byte* bytes = rest)
                length = (long)send(_socket.Number, bytes, (size_t)rest.Length, MSG_NOSIGNAL);
            if (length < 0 && errno == EINTR)
                continue;
            if (length < 0 && errno != EAGAIN)
            {
                Dispose();
                return;
            }
            if (length < 0)
                break;
            _sent += (int)length;
            rest = rest[(int)length..];
        }

        if (rest.Length == 0)
        {
            // A buffer that one long answer made large is not kept for the rest of the client's life.
            if (_output.Capacity > ReadSize)
                _output = new(256);
            _output.ResetWrittenCount();
            _sent = 0;
        }
        if (_waitsForRoom != rest.Length > 0)
        {
            _waitsForRoom = !_waitsForRoom;
            _watch.Change(_waitsForRoom ? Ready.Read | Ready.Write : Ready.Read);
        }
    }
}
