using System.Net;
using System.Net.Sockets;
using Meduza.Linux.Sockets;

namespace Meduza.Linux.Tests.Sockets;

public sealed class BoundPortsTests
{
    private static Socket Bound(SocketType type, IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, type, type == SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }

    private static int Port(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("0.0.0.0", "127.0.0.1", true)]
    [InlineData("::", "127.0.0.1", true)]
    [InlineData("::", "::1", true)]
    [InlineData("::1", "::1", true)]
    [InlineData("127.0.0.2", "127.0.0.1", false)]
    [InlineData("127.0.0.1", "::1", false)]
    public void A_UDP_port_is_taken_on_the_address_or_on_all(string bound, string wanted, bool isTaken)
    {
        using var socket = Bound(SocketType.Dgram, IPAddress.Parse(bound));

        Assert.Equal(isTaken, BoundPorts.IsUdpBound(Environment.ProcessId, new(IPAddress.Parse(wanted), Port(socket))));
    }

    [Fact]
    public void A_TCP_port_is_taken_when_it_is_listened_on()
    {
        using var socket = Bound(SocketType.Stream, IPAddress.Loopback);
        var endPoint = new IPEndPoint(IPAddress.Loopback, Port(socket));
        Assert.False(BoundPorts.IsTcpListening(Environment.ProcessId, endPoint));

        socket.Listen();
        Assert.True(BoundPorts.IsTcpListening(Environment.ProcessId, endPoint));
        socket.Close();

        Assert.False(BoundPorts.IsTcpListening(Environment.ProcessId, endPoint));
    }

    [Fact]
    public void A_process_that_is_gone_has_nothing() =>
        Assert.False(BoundPorts.IsUdpBound(int.MaxValue, new(IPAddress.Loopback, 53)));

    [Theory]
    [InlineData("")]
    [InlineData("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode")]
    [InlineData("   0: 0100007F 00000000:0000 07 00000000:00000000")]
    [InlineData("   0: 0100007F:zz 00000000:0000 07 00000000:00000000")]
    [InlineData("   0: 0100:0035 00000000:0000 07 00000000:00000000")]
    [InlineData("   0: 0100007F:0035 00000000:0000 01 00000000:00000000")]
    public void Lines_that_are_no_such_socket_do_not_match(string line) =>
        Assert.False(BoundPorts.Matches(line, "07", new(IPAddress.Loopback, 53)));

    [Fact]
    public void A_line_of_such_a_socket_matches() => Assert.True(BoundPorts.Matches(
        "  0: 0100007F:0035 00000000:0000 07 00000000:00000000", "07", new(BitConverter.IsLittleEndian ? IPAddress.Loopback : IPAddress.Parse("1.0.0.127"), 53)));
}
