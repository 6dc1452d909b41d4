using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Meduza.Lab.Harness;

/// <summary>A TCP service in a network namespace that tells everybody who they are to it: <c>you are 10.1.0.2</c>.</summary>
public sealed class Greeter : IDisposable
{
    private readonly Socket _listener;
    private readonly Thread _accepting;

    public Greeter(NetworkNamespace network, int port)
    {
        ArgumentNullException.ThrowIfNull(network);
        _listener = network.Open(SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Any, port));
        _listener.Listen(128);
        _accepting = new Thread(Accept) { IsBackground = true };
        _accepting.Start();
    }

    /// <summary>Connects from a network namespace.</summary>
    /// <returns>What the service says; null where nobody takes the connection, or says anything.</returns>
    public static string? Ask(NetworkNamespace from, string address, int port) => Ask(from, address, port, Must.Patience);

    /// <summary>Connects to somebody who may hang.</summary>
    /// <param name="patience">How long he may say nothing.</param>
    /// <returns>What he says; null where nobody takes the connection, or says anything.</returns>
    public static string? Ask(NetworkNamespace from, string address, int port, TimeSpan patience)
    {
        ArgumentNullException.ThrowIfNull(from);
        using var socket = from.Open(SocketType.Stream, ProtocolType.Tcp);
        socket.ReceiveTimeout = (int)patience.TotalMilliseconds;
        try
        {
            socket.Connect(IPAddress.Parse(address), port);
            var bytes = new byte[100];
            return Encoding.ASCII.GetString(bytes, 0, socket.Receive(bytes));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.TimedOut or SocketError.ConnectionReset or SocketError.WouldBlock)
        {
            return null;
        }
    }

    public void Dispose()
    {
        // Wakes who waits in accept(2); closing alone does not.
        _listener.Shutdown(SocketShutdown.Both);
        _accepting.Join();
        _listener.Dispose();
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                using var connection = _listener.Accept();
                connection.Send(Encoding.ASCII.GetBytes($"you are {((IPEndPoint)connection.RemoteEndPoint!).Address}"));
            }
        }
        catch (SocketException)
        {
            // Shut down.
        }
    }
}
