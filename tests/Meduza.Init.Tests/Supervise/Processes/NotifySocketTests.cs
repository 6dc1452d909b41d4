using System.Net.Sockets;
using System.Text;
using Meduza.Init.Supervise.Processes;
using Meduza.Linux.Events;

namespace Meduza.Init.Tests.Supervise.Processes;

/// <summary>The socket of sd_notify, on a real loop; this process is the service, or a stranger.</summary>
public sealed class NotifySocketTests : IDisposable
{
    private readonly EventLoop _loop = new(TimeProvider.System);
    private readonly List<string> _said = [];
    private readonly List<Notice> _heard = [];
    private readonly NotifySocket _socket;
    private readonly Socket _sender = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public NotifySocketTests()
    {
        _socket = new(_loop, _said.Add);
        _sender.Connect(new UnixDomainSocketEndPoint("\0" + _socket.Open()[1..]));
    }

    public void Dispose()
    {
        _sender.Dispose();
        _socket.Dispose();
        _loop.Dispose();
    }

    private void Send(string message) => _sender.Send(Encoding.UTF8.GetBytes(message));

    [Fact]
    public void What_a_service_says_is_heard_until_its_process_ends()
    {
        using (_socket.Hear("a", Environment.ProcessId, _heard.Add))
        {
            Send("READY=1\nSTATUS=here");
            _loop.Turn(TimeSpan.FromMinutes(1));
        }
        Send("READY=1");
        _loop.Turn(TimeSpan.FromMinutes(1));

        Assert.Equal([new Notice(true, false, false, "here")], _heard);
        Assert.Single(_said);
    }

    [Fact]
    public void A_stranger_s_word_is_dropped_and_told_of_once()
    {
        using var other = _socket.Hear("a", pid: 1, _heard.Add);
        for (var i = 0; i < 5; i++)
            Send("READY=1");

        _loop.Turn(TimeSpan.FromMinutes(1));

        Assert.Empty(_heard);
        Assert.StartsWith($"process {Environment.ProcessId} belongs to no service", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_of_any_length_is_no_more_than_its_front()
    {
        using var speaker = _socket.Hear("a", Environment.ProcessId, _heard.Add);
        Send("READY=1\nSTATUS=" + new string('x', 60_000));
        Send("");

        _loop.Turn(TimeSpan.FromMinutes(1));

        Assert.Equal(2, _heard.Count);
        Assert.Equal((true, Notice.LongestStatus), (_heard[0].IsReady, _heard[0].Status!.Length));
        Assert.Equal(default, _heard[1]);
    }
}
