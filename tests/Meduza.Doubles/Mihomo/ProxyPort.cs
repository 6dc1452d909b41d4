using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Meduza.Doubles.Mihomo;

/// <summary>
/// A proxy for clients that ask for one, by HTTP's CONNECT (RFC 9110, 9.3.6) and by SOCKS 5 without a password (RFC 1928): it
/// connects directly, as mihomo does without proxies.
/// </summary>
internal sealed class ProxyPort(IPEndPoint listen, Faults faults) : TcpPort(listen, faults)
{
    private const byte Socks5 = 5, SocksAddress = 1, SocksName = 3;

    protected override void Serve(Socket client)
    {
        var head = new byte[8192];
        var length = client.Receive(head);
        if (length == 0)
            return;
        var isSocks = head[0] == Socks5;
        if (isSocks)
        {
            client.Send([Socks5, 0]);
            length = client.Receive(head);
        }
        if ((isSocks ? SocksTarget(head.AsSpan(0, length)) : HttpTarget(Encoding.ASCII.GetString(head, 0, length))) is not var (host, port))
            return;
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            server.Connect(host, port);
        }
        catch (SocketException)
        {
            client.Send(isSocks ? [Socks5, 5, 0, SocksAddress, 0, 0, 0, 0, 0, 0] : "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"u8);
            return;
        }
        client.Send(isSocks ? [Socks5, 0, 0, SocksAddress, 0, 0, 0, 0, 0, 0] : "HTTP/1.1 200 Connection established\r\n\r\n"u8);
        var back = new Thread(() => Pass(server, client)) { IsBackground = true };
        back.Start();
        Pass(client, server);
        back.Join();
    }

    private static (string Host, int Port)? HttpTarget(string head) =>
        head.Split(' ') is ["CONNECT", var target, ..] && target.LastIndexOf(':') is > 0 and var colon && int.TryParse(target[(colon + 1)..], out var port)
            ? (target[..colon].Trim('[', ']'), port)
            : null;

    // version, connect, reserved, kind | address, or length and name | be16 port
    private static (string Host, int Port)? SocksTarget(ReadOnlySpan<byte> request)
    {
        if (request.Length < 7 || request[1] != 1)
            return null;
        var host = request[3] switch
        {
            SocksAddress => new IPAddress(request[4..8]).ToString(),
            SocksName => Encoding.ASCII.GetString(request.Slice(5, request[4])),
            _ => null,
        };
        return host is null ? null : (host, (request[^2] << 8) | request[^1]);
    }

    private static void Pass(Socket from, Socket to)
    {
        var buffer = new byte[16 << 10];
        try
        {
            for (int length; (length = from.Receive(buffer)) > 0;)
                to.Send(buffer.AsSpan(0, length));
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // One of the two is gone.
        }
    }
}
