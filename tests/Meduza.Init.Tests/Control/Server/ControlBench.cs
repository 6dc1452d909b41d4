using System.Buffers;
using System.Net.Sockets;
using Meduza.Init.Control;
using Meduza.Init.Control.Server;
using Meduza.Init.Supervise.Logs;
using Meduza.Init.Supervise.States;
using Meduza.Init.Tests.Supervise;
using Meduza.Linux;
using Meduza.Linux.Events;

namespace Meduza.Init.Tests.Control.Server;

/// <summary>
/// The server on a real socket and a real loop, over services that the test lets live and die. Everything happens on
/// the test's own thread: the loop turns while a client waits for its answer.
/// </summary>
internal sealed class ControlBench : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-").FullName;
    private readonly Descriptor _null = Descriptor.Open("/dev/null", 1);
    private readonly ConsoleOutput _console;
    private readonly ControlServer _server;

    public ControlBench()
    {
        _console = new(_null.Number);
        Logs = new(_folder, Loop, _console);
        Supervisor = new(TimeProvider.System, Loop.Timers, Processes, new(TimeProvider.System, TimeSpan.FromSeconds(30), () => 0));
        _server = new(Path, Loop, Supervisor, Logs);
    }

    public EventLoop Loop { get; } = new(TimeProvider.System);
    public Logs Logs { get; }
    public FakeProcesses Processes { get; } = new();
    public Supervisor Supervisor { get; }
    public string Path => System.IO.Path.Combine(_folder, "control.sock");

    public TestClient Connect() => new(this);

    /// <summary>Defines a service that is ready.</summary>
    public FakeProcess Up(string name)
    {
        Supervisor.Define(SupervisorBench.Definition(name));
        Processes.Started[^1].Execute();
        return Processes.Started[^1];
    }

    public void Exit(FakeProcess process, int code = 0) => Supervisor.Exited(new(process.Pid, code, 0));

    /// <summary>SIGUSR1.</summary>
    public void RequestReconcile() => _server.RequestReconcile();

    /// <summary>Lets the loop deal with all that is there.</summary>
    public void Settle()
    {
        for (var i = 0; i < 20; i++)
            Loop.Turn(TimeSpan.FromMilliseconds(1));
    }

    public void Dispose()
    {
        _server.Dispose();
        Logs.Dispose();
        _console.Dispose();
        _null.Dispose();
        Loop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

internal sealed class TestClient : IDisposable
{
    private readonly ControlBench _bench;
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private byte[] _pending = [];

    public TestClient(ControlBench bench)
    {
        _bench = bench;
        _socket.Connect(new UnixDomainSocketEndPoint(bench.Path));
        _socket.Blocking = false;
    }

    public void Dispose() => _socket.Dispose();

    public void SendBytes(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var sent = _socket.Send(bytes, SocketFlags.None, out var error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
                return; // the server has closed: the test looks at what it said
            bytes = bytes[sent..];
            _bench.Loop.Turn(TimeSpan.Zero);
        }
    }

    public void Send(ControlRequest request)
    {
        var output = new ArrayBufferWriter<byte>();
        Frames.Write(output, request, ControlJson.Write);
        SendBytes(output.WrittenSpan);
    }

    /// <summary>Sends a request and gives the next frame.</summary>
    public ControlReply Ask(ControlRequest request)
    {
        Send(request);
        return Receive() ?? throw new IOException("the server closed the connection");
    }

    /// <summary>The next frame; null when the server closed the connection.</summary>
    public ControlReply? Receive()
    {
        for (var end = Environment.TickCount64 + 30_000; Environment.TickCount64 < end; _bench.Loop.Turn(TimeSpan.FromMilliseconds(1)))
        {
            if (TryTake() is { } reply)
                return reply;
            if (!Read())
                return TryTake();
        }
        throw new TimeoutException("no answer");
    }

    /// <summary>True when nothing is there to be received.</summary>
    public bool IsQuiet()
    {
        _bench.Settle();
        return Read() && TryTake() is null;
    }

    private ControlReply? TryTake()
    {
        var buffer = new ReadOnlySequence<byte>(_pending);
        if (!Frames.TryRead(ref buffer, out var json))
            return null;
        var reply = Frames.Parse(json, ControlJson.ReadControlReply);
        _pending = buffer.ToArray();
        return reply;
    }

    /// <returns>False at the end of the connection.</returns>
    private bool Read()
    {
        var chunk = new byte[65536];
        while (true)
        {
            var length = _socket.Receive(chunk, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                return true;
            if (length == 0 || error != SocketError.Success)
                return false;
            _pending = [.. _pending, .. chunk[..length]];
        }
    }
}
