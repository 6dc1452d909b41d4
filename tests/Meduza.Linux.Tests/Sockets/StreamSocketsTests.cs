using System.Net;
using System.Net.Sockets;
using Meduza.Linux.Sockets;

namespace Meduza.Linux.Tests.Sockets;

public sealed class StreamSocketsTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"meduza-{Guid.NewGuid():N}.sock");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_unix_listener_is_for_its_owner_alone_and_knows_who_connects()
    {
        File.WriteAllText(_path, "left from before");
        using var listener = StreamSockets.ListenUnix(_path, 4);
        Assert.Null(StreamSockets.Accept(listener));

        using var client = StreamSockets.Connect(StreamAddress.Unix(_path), out var state);
        using var accepted = StreamSockets.Accept(listener);

        Assert.Equal(ConnectState.Connected, state);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_path));
        Assert.Equal(Tmds.Linux.LibC.geteuid(), (Tmds.Linux.uid_t)StreamSockets.PeerUser(accepted!));
    }

    [Fact]
    public void Nobody_there_is_a_failed_connection_and_no_exception()
    {
        using var client = StreamSockets.Connect(StreamAddress.Unix(_path), out var state);

        Assert.Equal(ConnectState.Failed, state);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void A_tcp_connection_comes_to_be_or_fails(string address)
    {
        using var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        Assert.Equal(ConnectState.Connected, Outcome((IPEndPoint)listener.LocalEndpoint));

        // Held but not listened to: a port that is merely free may be taken by somebody else, or by the asking socket itself.
        using var silent = new Socket(SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        Assert.Equal(ConnectState.Failed, Outcome((IPEndPoint)silent.LocalEndPoint!));
    }

    [Fact]
    public void A_path_too_long_for_a_socket_is_refused() =>
        Assert.Throws<ArgumentException>(() => StreamAddress.Unix("/" + new string('x', 107)));

    [Fact]
    public void Devices_are_known_by_name()
    {
        Assert.True(NetworkDevice.Exists("lo"));
        Assert.False(NetworkDevice.Exists("no-such-device"));
    }

    private static ConnectState Outcome(IPEndPoint target)
    {
        using var client = StreamSockets.Connect(StreamAddress.Tcp(target), out var state);
        while (state == ConnectState.Pending)
            state = StreamSockets.State(client);
        return state;
    }
}
