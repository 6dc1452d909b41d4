using Meduza.Init.Control;

namespace Meduza.Init.Tests.Control.Server;

public sealed class LogsVerbTests : IDisposable
{
    private readonly ControlBench _bench = new();
    private readonly TestClient _client;

    public LogsVerbTests() => _client = _bench.Connect();

    public void Dispose()
    {
        _client.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public void The_last_lines_come_oldest_first()
    {
        for (var i = 0; i < 5; i++)
            _bench.Logs.Say($"{i}");

        var reply = _client.Ask(new() { Id = 3, Verb = Verbs.Logs, Lines = 2, Services = ["meduza-init"] });

        Assert.Equal((3L, false), (reply.Id, reply.More));
        Assert.Equal(["3", "4"], reply.Lines.Select(line => line.Text));
    }

    [Fact]
    public void Following_goes_on_with_each_new_line_and_none_is_missed_or_told_twice()
    {
        _bench.Logs.Say("before");
        Assert.Equal(["before"], _client.Ask(new() { Id = 3, Verb = Verbs.Logs, Follow = true }).Lines.Select(line => line.Text));

        _bench.Logs.Say("after");

        var next = _client.Receive()!;
        Assert.Equal((3L, true, "after"), (next.Id, next.More, next.Lines[0].Text));
        Assert.True(_client.IsQuiet());
    }

    [Fact]
    public void Only_the_services_asked_for_are_followed()
    {
        _bench.Up("a");
        _client.Ask(new() { Verb = Verbs.Logs, Follow = true, Services = ["a"] });

        _bench.Logs.Say("not a's");

        Assert.True(_client.IsQuiet());
    }

    [Fact]
    public void Many_long_lines_come_in_several_frames()
    {
        var control = new string('\u001b', 60); // six bytes each in JSON
        for (var i = 0; i < 1000; i++)
            _bench.Logs.Say(control);
        _client.Send(new() { Verb = Verbs.Logs });

        var lines = 0;
        ControlReply reply;
        do
        {
            reply = _client.Receive()!;
            lines += reply.Lines.Length;
        }
        while (reply.More);

        Assert.Equal(1000, lines);
    }

    [Fact]
    public void A_follower_that_does_not_read_is_cut_off_and_nobody_else()
    {
        using var lazy = _bench.Connect();
        lazy.Ask(new() { Verb = Verbs.Logs, Follow = true });

        for (var i = 0; i < 1500; i++)
            _bench.Logs.Say(new string('x', 8000));

        Assert.NotNull(_client.Ask(new() { Verb = Verbs.Status }));
        while (lazy.Receive() is not null)
        {
        }
    }
}
