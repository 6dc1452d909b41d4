using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Meduza.Linux.Tests.Netlink;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Tests.Agent.Apply.Packets;

/// <summary>Answers every connection and datagram with who asked: <c>server asked by 10.1.0.2</c>.</summary>
internal sealed class Answering : IDisposable
{
    private readonly Socket _listener, _datagrams;
    private readonly Thread _accepting, _receiving;

    public Answering(NetworkNamespace host, string name, int port, AddressFamily family = AddressFamily.InterNetwork)
    {
        var any = new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, port);
        _listener = host.Run(() => new Socket(family, SocketType.Stream, ProtocolType.Tcp));
        _listener.Bind(any);
        _listener.Listen(512);
        _datagrams = host.Run(() => new Socket(family, SocketType.Dgram, ProtocolType.Udp));
        _datagrams.Bind(any);
        _accepting = Start(() =>
        {
            using var connection = _listener.Accept();
            connection.Send(Encoding.ASCII.GetBytes($"{name} asked by {((IPEndPoint)connection.RemoteEndPoint!).Address}"));
        });
        _receiving = Start(() =>
        {
            EndPoint from = any;
            _datagrams.ReceiveFrom(new byte[200], ref from);
            _datagrams.SendTo(Encoding.ASCII.GetBytes($"{name} asked by {((IPEndPoint)from).Address}"), from);
        });
    }

    public void Dispose() => End(_listener, _datagrams, _accepting, _receiving);

    internal static void End(Socket listener, Socket datagrams, Thread accepting, Thread receiving)
    {
        // Wakes who waits in accept(2) and recvfrom(2); closing alone does not.
        listener.Shutdown(SocketShutdown.Both);
        try
        {
            datagrams.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // Not connected: it wakes all the same.
        }
        accepting.Join();
        receiving.Join();
        listener.Dispose();
        datagrams.Dispose();
    }

    /// <summary>A thread that does something again and again, until it fails since the socket is shut down.</summary>
    internal static Thread Start(Action turn)
    {
        var thread = new Thread(() =>
        {
            try
            {
                while (true)
                    turn();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
            }
        })
        { IsBackground = true };
        thread.Start();
        return thread;
    }
}

/// <summary>A transparent proxy: takes what is sent to anybody, and answers with whom it was for, in his name: <c>proxy for 203.0.113.2:80</c>.</summary>
internal sealed class TransparentListener : IDisposable
{
    // linux/in.h
    private const int IpTransparent = 19, IpReceiveOriginalDestination = 20;

    private readonly NetworkNamespace _gateway;
    private readonly Socket _listener, _datagrams;
    private readonly Thread _accepting, _receiving;

    public TransparentListener(NetworkNamespace gateway, int port)
    {
        _gateway = gateway;
        _listener = Transparent(SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Any, port));
        _listener.Listen(4096);
        _datagrams = Transparent(SocketType.Dgram, ProtocolType.Udp);
        Set(_datagrams, IpReceiveOriginalDestination);
        _datagrams.Bind(new IPEndPoint(IPAddress.Any, port));
        _accepting = Answering.Start(() =>
        {
            using var connection = _listener.Accept();
            connection.Send(Encoding.ASCII.GetBytes($"proxy for {connection.LocalEndPoint}"));
        });
        _receiving = Answering.Start(AnswerDatagram);
    }

    public void Dispose() => Answering.End(_listener, _datagrams, _accepting, _receiving);

    private void AnswerDatagram()
    {
        var (client, destination) = Receive();
        using var answer = Transparent(SocketType.Dgram, ProtocolType.Udp);
        answer.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        answer.Bind(destination);
        answer.SendTo(Encoding.ASCII.GetBytes($"proxy for {destination}"), client);
    }

    // The original destination comes beside the datagram (IP_RECVORIGDSTADDR, ip(7)).
    private unsafe (IPEndPoint Client, IPEndPoint Destination) Receive()
    {
        var data = stackalloc byte[200];
        var control = stackalloc byte[200];
        sockaddr_in client = default;
        var vector = new iovec { iov_base = data, iov_len = 200 };
        var message = new msghdr
        {
            msg_name = &client,
            msg_namelen = (uint)sizeof(sockaddr_in),
            msg_iov = &vector,
            msg_iovlen = 1,
            msg_control = control,
            msg_controllen = 200,
        };
        if ((long)recvmsg(_datagrams.Handle.ToInt32(), &message, 0) <= 0)
            throw new SocketException((int)SocketError.Shutdown);
        var head = (cmsghdr*)control;
        Assert.Equal(IpReceiveOriginalDestination, head->cmsg_type);
        return (EndPointOf((byte*)&client), EndPointOf((byte*)head + sizeof(cmsghdr)));
    }

    // struct sockaddr_in: u16 family | be16 port | be32 address
    private static unsafe IPEndPoint EndPointOf(byte* address) =>
        new(new IPAddress(new ReadOnlySpan<byte>(address + 4, 4)), (address[2] << 8) | address[3]);

    private Socket Transparent(SocketType type, ProtocolType protocol)
    {
        var socket = _gateway.Run(() => new Socket(AddressFamily.InterNetwork, type, protocol));
        Set(socket, IpTransparent);
        return socket;
    }

    private static void Set(Socket socket, int option)
    {
        Span<byte> one = stackalloc byte[sizeof(int)];
        MemoryMarshal.Write(one, 1);
        socket.SetRawSocketOption(0, option, one);
    }
}
