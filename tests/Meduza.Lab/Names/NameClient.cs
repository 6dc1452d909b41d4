using System.Net;
using System.Net.Sockets;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Names;

/// <summary>Asks a resolver from a network namespace, one question after the other.</summary>
public sealed class NameClient : IDisposable
{
    private readonly Socket _socket;
    private ushort _id;

    public NameClient(NetworkNamespace from, string server)
    {
        ArgumentNullException.ThrowIfNull(from);
        _socket = from.Open(SocketType.Dgram, ProtocolType.Udp);
        _socket.Connect(IPAddress.Parse(server), 53);
    }

    /// <summary>A name's IPv4 address; null where there is none, and where no answer comes in time.</summary>
    public string? Ask(string name, TimeSpan patience)
    {
        _socket.ReceiveTimeout = (int)patience.TotalMilliseconds;
        var answer = new byte[512];
        try
        {
            _socket.Send(DnsMessages.Question(++_id, name));
            while (true)
            {
                var length = _socket.Receive(answer);
                if (length >= DnsMessages.HeaderLength && DnsMessages.Id(answer) == _id)
                    return DnsMessages.Read(answer.AsSpan(0, length)).Address?.ToString();
            }
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock or SocketError.ConnectionRefused)
        {
            return null;
        }
    }

    public void Dispose() => _socket.Dispose();
}
