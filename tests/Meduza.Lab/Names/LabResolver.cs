using System.Net;
using System.Net.Sockets;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Names;

/// <summary>A resolver in a network namespace: every name has one address, for no time (RFC 1035, 4.1).</summary>
internal sealed class LabResolver : IDisposable
{
    private readonly Socket _socket;
    private readonly IPAddress _answer;
    private readonly Thread _answering;
    private volatile bool _ends;

    public LabResolver(NetworkNamespace network, string address, string answer)
    {
        _answer = IPAddress.Parse(answer);
        _socket = network.Open(SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(new IPEndPoint(IPAddress.Parse(address), 53));
        _answering = new Thread(Answer) { IsBackground = true };
        _answering.Start();
    }

    public void Dispose()
    {
        _ends = true;
        _answering.Join();
        _socket.Dispose();
    }

    private void Answer()
    {
        var question = new byte[512];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        while (!_ends)
        {
            if (!_socket.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectRead))
                continue;
            var length = _socket.ReceiveFrom(question, ref from);
            if (length >= DnsMessages.HeaderLength)
                _socket.SendTo(DnsMessages.Answer(question.AsSpan(0, length), _answer), from);
        }
    }
}
