using System.Net;
using System.Net.Sockets;

namespace Meduza.Doubles;

/// <summary>
/// A resolver on a UDP port: every name has one IPv4 address and no other record, for no time; <c>localhost</c> has its own
/// (RFC 1035, 4.1).
/// </summary>
internal sealed class NamesPort : IDisposable
{
    private const int HeaderLength = 12, TypeAndClass = 4;
    private const byte TypeA = 1;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly IPAddress _answer;
    private readonly Faults _faults;

    /// <exception cref="SocketException">The port is taken.</exception>
    public NamesPort(IPEndPoint listen, IPAddress answer, Faults faults)
    {
        (_answer, _faults) = (answer, faults);
        try
        {
            _socket.Bind(listen);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
        new Thread(Serve) { IsBackground = true }.Start();
    }

    public void Dispose() => _socket.Dispose();

    private void Serve()
    {
        var question = new byte[4096];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        while (true)
        {
            try
            {
                var length = _socket.ReceiveFrom(question, ref from);
                _faults.WaitWhile(Faults.Hang);
                if (Answer(question.AsSpan(0, length)) is { } answer)
                    _socket.SendTo(answer, from);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.Interrupted or SocketError.OperationAborted)
            {
                return;
            }
            catch (SocketException)
            {
                // Whoever asked is gone.
            }
        }
    }

    private byte[]? Answer(ReadOnlySpan<byte> question)
    {
        var end = HeaderLength;
        while (end < question.Length && question[end] != 0)
            end += question[end] + 1;
        if (end + 1 + TypeAndClass > question.Length)
            return null;
        var asked = question[HeaderLength..(end + 1 + TypeAndClass)];
        var address = asked.StartsWith("\tlocalhost\0"u8) ? IPAddress.Loopback : _answer;
        var isAddress = asked[^3] == TypeA && asked[^4] == 0;
        return
        [
            .. question[..2], 0x81, 0x80, 0, 1, 0, (byte)(isAddress ? 1 : 0), 0, 0, 0, 0, .. asked,
            .. isAddress ? (byte[])[0xc0, HeaderLength, 0, TypeA, 0, 1, 0, 0, 0, 0, 0, 4, .. address.GetAddressBytes()] : [],
        ];
    }
}
