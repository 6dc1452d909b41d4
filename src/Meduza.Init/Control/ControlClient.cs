using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;

namespace Meduza.Init.Control;

/// <summary>
/// A connection to PID 1. Requests may be under way side by side: each answer finds its request by the id. When the
/// connection ends, every request that waits fails with an <see cref="IOException"/>.
/// </summary>
internal sealed class ControlClient : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly ConcurrentDictionary<long, ChannelWriter<ControlReply>> _waiting = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _receiving;
    private Exception? _ended;
    private long _lastId;

    private ControlClient(Socket socket)
    {
        _socket = socket;
        _receiving = ReceiveAsync();
    }

    /// <summary>Connects to the control socket at <paramref name="path"/>.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static async Task<ControlClient> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new ControlClient(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request and waits for the last frame of its answer.</summary>
    /// <exception cref="IOException">The connection ended first.</exception>
    public async Task<ControlReply> SendAsync(ControlRequest request, CancellationToken cancellation)
    {
        await foreach (var reply in StreamAsync(request, cancellation))
        {
            if (!reply.More)
                return reply;
        }
        throw Ended();
    }

    /// <summary>Sends a request and gives each frame of its answer as it comes, the last included.</summary>
    /// <exception cref="IOException">The connection ended first.</exception>
    public async IAsyncEnumerable<ControlReply> StreamAsync(
        ControlRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var id = Interlocked.Increment(ref _lastId);
        var replies = Channel.CreateUnbounded<ControlReply>(new() { SingleReader = true, SingleWriter = true });
        _waiting[id] = replies.Writer;
        try
        {
            if (_ended is not null)
                throw Ended();
            await WriteAsync(request with { Id = id }, cancellation);
            await foreach (var reply in replies.Reader.ReadAllAsync(cancellation))
            {
                yield return reply;
                if (!reply.More)
                    yield break;
            }
            throw Ended();
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _socket.Dispose();
        await _receiving;
        _writing.Dispose();
        _closing.Dispose();
    }

    private async Task WriteAsync(ControlRequest request, CancellationToken cancellation)
    {
        var frame = new ArrayBufferWriter<byte>(512);
        Frames.Write(frame, request, ControlJson.Write);
        await _writing.WaitAsync(cancellation);
        try
        {
            for (var rest = frame.WrittenMemory; rest.Length > 0;)
                rest = rest[await _socket.SendAsync(rest, SocketFlags.None, cancellation)..];
        }
        catch (SocketException e)
        {
            throw new IOException($"PID 1 closed the control connection: {e.Message}", e);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReceiveAsync()
    {
        await Task.Yield();
        var reader = PipeReader.Create(new NetworkStream(_socket, ownsSocket: false));
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(_closing.Token);
                var buffer = read.Buffer;
                while (Frames.TryRead(ref buffer, out var json))
                    Deliver(Frames.Parse(json, ControlJson.ReadControlReply));
                reader.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                    break;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException
                                  or InvalidDataException or JsonException)
        {
            _ended = e;
        }
        _ended ??= new EndOfStreamException();
        foreach (var waiting in _waiting.Values)
            waiting.TryComplete();
    }

    private void Deliver(ControlReply reply)
    {
        if (_waiting.TryGetValue(reply.Id, out var waiting))
            waiting.TryWrite(reply);
    }

    private IOException Ended() => new("PID 1 closed the control connection", _ended);
}
