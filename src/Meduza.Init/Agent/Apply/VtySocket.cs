using System.Net.Sockets;
using System.Text;
using Meduza.Linux.Sockets;

namespace Meduza.Init.Agent.Apply;

/// <summary>What a daemon says to one command.</summary>
/// <param name="Code">0 is success; the others are the <c>CMD_…</c> values of FRR's <c>lib/command.h</c>.</param>
/// <param name="Text">What it printed.</param>
internal readonly record struct VtyAnswer(int Code, string Text);

/// <summary>
/// The socket through which <c>vtysh</c> talks to one FRR daemon, spoken to directly: a command takes a tenth of a
/// millisecond, and no process is started.
/// <code>
/// command:  text 0x00
/// answer:   text 0x00 0x00 0x00 code
/// </code>
/// Source: <c>vtysh_client_run</c> in FRR's <c>vtysh/vtysh.c</c>, <c>vtysh_read</c> in <c>lib/vty.c</c>; the same from 8.4 to 10.3.
/// </summary>
internal sealed class VtySocket : IDisposable
{
    /// <summary>How long a daemon may take for a change of its configuration.</summary>
    public static readonly TimeSpan ChangeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A whole BGP table as JSON is long, but not endless.</summary>
    private const int MaxAnswer = 64 << 20;

    private readonly Socket _socket;
    private byte[] _buffer = new byte[4096];

    private VtySocket(Socket socket) => _socket = socket;

    /// <summary>Connects to the daemon whose socket lies at <paramref name="path"/>.</summary>
    /// <param name="timeout">How long each command may take.</param>
    /// <exception cref="SocketException">It does not run, or does not listen yet.</exception>
    public static VtySocket Connect(string path, TimeSpan timeout)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            SendTimeout = (int)timeout.TotalMilliseconds,
            ReceiveTimeout = (int)timeout.TotalMilliseconds,
        };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return new(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The process at the other end.</summary>
    public int PeerPid => StreamSockets.PeerProcess(_socket);

    /// <summary>Gives one command and waits for its answer.</summary>
    /// <exception cref="SocketException">The daemon does not answer in time.</exception>
    /// <exception cref="IOException">The daemon went away, or does not end its answer.</exception>
    public VtyAnswer Send(string command)
    {
        if (command.Contains('\0', StringComparison.Ordinal) || command.Contains('\n', StringComparison.Ordinal))
            throw new ArgumentException("one command, one line", nameof(command));

        var bytes = Encoding.UTF8.GetBytes(command + '\0');
        for (var sent = 0; sent < bytes.Length;)
            sent += _socket.Send(bytes.AsSpan(sent));

        var length = 0;
        while (!IsWhole(_buffer.AsSpan(0, length)))
        {
            if (length == _buffer.Length)
            {
                if (length >= MaxAnswer)
                    throw new IOException($"the answer to '{command}' is over {MaxAnswer} bytes");
                Array.Resize(ref _buffer, length * 2);
            }
            var received = _socket.Receive(_buffer.AsSpan(length));
            if (received == 0)
                throw new IOException($"the daemon went away at '{command}'");
            length += received;
        }
        return new(_buffer[length - 1], Encoding.UTF8.GetString(_buffer, 0, length - 4));
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsWhole(ReadOnlySpan<byte> answer) =>
        answer.Length >= 4 && answer[^4..^1].SequenceEqual((ReadOnlySpan<byte>)[0, 0, 0]);
}
