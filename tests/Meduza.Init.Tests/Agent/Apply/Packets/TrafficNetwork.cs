using System.Net;
using System.Net.Sockets;
using System.Text;
using Meduza.Linux.Tests.Netlink;

namespace Meduza.Init.Tests.Agent.Apply.Packets;

/// <summary>
/// Hosts around a gateway, each a network namespace on a wire of its own: <c>client</c> (10.1.0.2) on <c>lan0</c> and
/// <c>other</c> (10.1.2.2) on <c>lan2</c>, in LANs; <c>branch</c> (10.1.1.2) behind the tunnel <c>tnc0</c>; <c>guest</c>
/// (10.9.0.2) in a network that is no LAN; <c>server</c> (203.0.113.2, 192.168.9.2 and 2001:db8:f::2) outside.
/// </summary>
internal sealed class TrafficNetwork : IDisposable
{
    public const string ServerAddress = "203.0.113.2";

    private readonly List<IDisposable> _parts = [];

    public TrafficNetwork()
    {
        (Gateway, Client, Other, Branch, Guest, Server) = (New(), New(), New(), New(), New(), New());
        Gateway.Run(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
            File.WriteAllText("/proc/sys/net/ipv6/conf/all/forwarding", "1");
            File.WriteAllText("/proc/sys/net/ipv4/conf/all/rp_filter", "0");
            File.WriteAllText("/proc/sys/net/ipv4/conf/default/rp_filter", "0");
            return 0;
        });
        Gateway.Ip("link set lo up");
        Plug(Client, "lan0", "10.1.0.2/24", "10.1.0.1");
        Gateway.Ip("address add 2001:db8:1::1/64 dev lan0 nodad");
        Plug(Other, "lan2", "10.1.2.2/24", "10.1.2.1");
        Plug(Branch, "tnc0", "10.1.1.2/24", "10.1.1.1");
        Plug(Guest, "gst0", "10.9.0.2/24", "10.9.0.1");
        Plug(Server, "wan0", $"{ServerAddress}/24", "203.0.113.1");
        Server.Ip("address add 192.168.9.2/32 dev eth0");
        Gateway.Ip("route add 192.168.9.2 via 203.0.113.2");
        Gateway.Ip("address add 2001:db8:f::1/64 dev wan0 nodad");
        Server.Ip("address add 2001:db8:f::2/64 dev eth0 nodad");
        Server.Ip("route add default via 2001:db8:f::1");
        Client.Ip("address add 2001:db8:1::2/64 dev eth0 nodad");
        Client.Ip("route add default via 2001:db8:1::1");
    }

    public NetworkNamespace Gateway { get; }
    public NetworkNamespace Client { get; }
    public NetworkNamespace Other { get; }
    public NetworkNamespace Branch { get; }
    public NetworkNamespace Guest { get; }
    public NetworkNamespace Server { get; }

    public T Own<T>(T part) where T : IDisposable
    {
        _parts.Add(part);
        return part;
    }

    /// <summary>Connects, and gives the line that whoever takes the connection says.</summary>
    public static string Ask(NetworkNamespace from, string address, int port)
    {
        using var socket = from.Run(() => new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000, SendTimeout = 10_000, NoDelay = true });
        socket.Connect(IPAddress.Parse(address), port);
        var bytes = new byte[200];
        var length = 0;
        for (int read; (read = socket.Receive(bytes.AsSpan(length))) > 0;)
            length += read;
        return Encoding.ASCII.GetString(bytes, 0, length);
    }

    /// <summary>Sends a datagram, and gives the answer.</summary>
    public static string AskByDatagram(NetworkNamespace from, string address, int port)
    {
        using var socket = from.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 });
        // Connected, so that only the answer of whom it was sent to is taken.
        socket.Connect(IPAddress.Parse(address), port);
        socket.Send("?"u8);
        var bytes = new byte[200];
        return Encoding.ASCII.GetString(bytes, 0, socket.Receive(bytes));
    }

    public void Dispose()
    {
        foreach (var part in Enumerable.Reverse(_parts))
            part.Dispose();
    }

    private NetworkNamespace New() => Own(new NetworkNamespace());

    private void Plug(NetworkNamespace host, string device, string address, string router)
    {
        Gateway.Ip($"link add {device} type veth peer name eth0 netns {host.ThreadId}");
        Gateway.Ip($"address add {router}/24 dev {device}");
        Gateway.Ip($"link set {device} up");
        host.Ip("link set lo up");
        host.Ip($"address add {address} dev eth0");
        host.Ip("link set eth0 up");
        host.Ip($"route add default via {router}");
    }
}
