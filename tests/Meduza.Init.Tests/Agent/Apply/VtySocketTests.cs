using System.Net.Sockets;
using System.Text;
using Meduza.Init.Agent.Apply;

namespace Meduza.Init.Tests.Agent.Apply;

public sealed class VtySocketTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"meduza-{Guid.NewGuid():N}.vty");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public VtySocketTests()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        _listener.Listen();
    }

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_path);
    }

    private VtyAnswer Ask(string command, params byte[][] answerInPieces)
    {
        using var vty = VtySocket.Connect(_path, TimeSpan.FromSeconds(10));
        using var daemon = _listener.Accept();
        var answering = Task.Run(() =>
        {
            var received = new byte[256];
            var length = daemon.Receive(received);
            foreach (var piece in answerInPieces)
                daemon.Send(piece);
            daemon.Shutdown(SocketShutdown.Send);
            return Encoding.UTF8.GetString(received, 0, length);
        });
        try
        {
            return vty.Send(command);
        }
        finally
        {
            Assert.Equal(command + "\0", answering.GetAwaiter().GetResult());
        }
    }

    [Fact]
    public void An_answer_ends_with_three_zeros_and_its_code() =>
        Assert.Equal(new(0, "text\n"), Ask("show version", "text\n\0\0\0\0"u8.ToArray()));

    [Fact]
    public void A_refusal_has_its_code_and_words() =>
        Assert.Equal(new(2, "% Unknown command"), Ask("x", "% Unknown command\0\0\0\u0002"u8.ToArray()));

    [Fact]
    public void An_answer_is_put_together_from_pieces() =>
        Assert.Equal(new(0, "ab"), Ask("x", "a"u8.ToArray(), "b\0"u8.ToArray(), "\0\0"u8.ToArray(), "\0"u8.ToArray()));

    [Fact]
    public void A_long_answer_is_read_whole()
    {
        var text = new string('x', 100_000);
        Assert.Equal(text, Ask("x", Encoding.UTF8.GetBytes(text + "\0\0\0\0")).Text);
    }

    [Fact]
    public void A_daemon_that_goes_away_is_an_error() =>
        Assert.Throws<IOException>(() => Ask("x", "half"u8.ToArray()));

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    public void A_command_is_one_line(string command)
    {
        using var vty = VtySocket.Connect(_path, TimeSpan.FromSeconds(10));
        Assert.Throws<ArgumentException>(() => vty.Send(command));
    }

    [Fact]
    public void The_process_at_the_other_end_is_known()
    {
        using var vty = VtySocket.Connect(_path, TimeSpan.FromSeconds(10));
        Assert.Equal(Environment.ProcessId, vty.PeerPid);
    }
}
