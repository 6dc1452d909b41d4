using System.Net;
using System.Net.Sockets;
using System.Text;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Doubles.Mihomo;

/// <summary>
/// The transparent port. In place of a connection to whom a client meant it tells the client who that was, in his name:
/// <c>proxied 10.1.0.2 to 203.0.113.2:80</c>.
/// </summary>
internal sealed class TransparentPort : IDisposable
{
    private readonly Connections _connections;
    private readonly Socket _datagrams = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Faults _faults;

    /// <exception cref="SocketException">The port is taken, or CAP_NET_ADMIN is missing.</exception>
    public TransparentPort(IPEndPoint listen, Faults faults)
    {
        _faults = faults;
        _connections = new(listen, faults);
        try
        {
            Transparent.Allow(_datagrams);
            Transparent.Set(_datagrams, Transparent.ReceiveOriginalDestination);
            _datagrams.Bind(listen);
        }
        catch
        {
            Dispose();
            throw;
        }
        new Thread(ServeDatagrams) { IsBackground = true }.Start();
    }

    public void Dispose()
    {
        _connections.Dispose();
        _datagrams.Dispose();
    }

    private static byte[] Words(EndPoint client, EndPoint destination) =>
        Encoding.ASCII.GetBytes($"proxied {((IPEndPoint)client).Address} to {destination}");

    private void ServeDatagrams()
    {
        while (Receive() is var (client, destination))
        {
            _faults.WaitWhile(Faults.Hang);
            try
            {
                using var answer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                Transparent.Allow(answer);
                answer.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                answer.Bind(destination);
                answer.SendTo(Words(client, destination), client);
            }
            catch (SocketException)
            {
                // The client is gone.
            }
        }
    }

    // The original destination comes beside the datagram (IP_RECVORIGDSTADDR, ip(7)).
    private unsafe (IPEndPoint Client, IPEndPoint Destination)? Receive()
    {
        const int Size = 2048;
        var data = stackalloc byte[Size];
        var control = stackalloc byte[Size];
        sockaddr_in client = default;
        var vector = new iovec { iov_base = data, iov_len = Size };
        var message = new msghdr
        {
            msg_name = &client,
            msg_namelen = (uint)sizeof(sockaddr_in),
            msg_iov = &vector,
            msg_iovlen = 1,
            msg_control = control,
            msg_controllen = Size,
        };
        if ((long)recvmsg(_datagrams.Handle.ToInt32(), &message, 0) < 0 || (uint)message.msg_controllen < sizeof(cmsghdr))
            return null;
        return (EndPointOf((byte*)&client), EndPointOf(control + sizeof(cmsghdr)));
    }

    // struct sockaddr_in: u16 family | be16 port | be32 address
    private static unsafe IPEndPoint EndPointOf(byte* address) =>
        new(new IPAddress(new ReadOnlySpan<byte>(address + 4, 4)), (address[2] << 8) | address[3]);

    private sealed class Connections(IPEndPoint listen, Faults faults) : TcpPort(listen, faults, isTransparent: true)
    {
        protected override void Serve(Socket client) => client.Send(Words(client.RemoteEndPoint!, client.LocalEndPoint!));
    }
}
