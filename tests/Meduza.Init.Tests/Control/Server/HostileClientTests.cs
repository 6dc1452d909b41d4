using System.Text;
using CsCheck;
using Meduza.Init.Control;
using Meduza.Init.Tests.Supervise;

namespace Meduza.Init.Tests.Control.Server;

[Collection(Alone.Name)]
public sealed class HostileClientTests : IDisposable
{
    private readonly ControlBench _bench = new();

    private static readonly string[] KnownVerbs = ["status", "define", "stop", "logs", "reconcile", "remove"];

    public void Dispose() => _bench.Dispose();

    private static byte[] Frame(string json) => [.. BitConverter.GetBytes(Encoding.UTF8.GetByteCount(json)), .. Encoding.UTF8.GetBytes(json)];

    /// <summary>Another client, before and after, is served as ever.</summary>
    private void AssertServes()
    {
        using var client = _bench.Connect();
        Assert.Null(client.Ask(new() { Verb = Verbs.Status }).Error);
    }

    [Theory]
    [InlineData("rubbish")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"verb\":3}")]
    [InlineData("{\"verb\":\"define\",\"definition\":{\"name\":\"a\"}}")]
    public void What_is_no_request_ends_that_connection_with_a_word(string json)
    {
        using var client = _bench.Connect();
        client.SendBytes(Frame(json));

        Assert.NotNull(client.Receive()!.Error);
        Assert.Null(client.Receive());
        AssertServes();
    }

    [Theory]
    [InlineData("{\"verb\":\"no-such\"}")]
    [InlineData("{\"verb\":\"status\",\"version\":2}")]
    [InlineData("{\"verb\":\"status\",\"services\":[null]}")]
    [InlineData("{\"verb\":\"define\",\"definition\":{\"name\":null,\"component\":null,\"command\":[]}}")]
    [InlineData("{\"verb\":\"report\"}")]
    public void A_request_that_makes_no_sense_is_answered_so_and_the_connection_goes_on(string json)
    {
        using var client = _bench.Connect();
        client.SendBytes(Frame(json));

        Assert.NotNull(client.Receive()!.Error);
        Assert.Null(client.Ask(new() { Verb = Verbs.Status }).Error);
    }

    [Fact]
    public void A_frame_beyond_the_limit_ends_that_connection_with_a_word()
    {
        using var client = _bench.Connect();
        client.SendBytes([0xff, 0xff, 0xff, 0xff]);

        Assert.Contains("limit", client.Receive()!.Error, StringComparison.Ordinal);
        Assert.Null(client.Receive());
        AssertServes();
    }

    [Fact]
    public void A_word_of_a_whole_frame_is_not_repeated_in_the_answer()
    {
        using var client = _bench.Connect();
        var word = new string('x', Frames.MaxLength - 200);

        Assert.InRange(client.Ask(new() { Verb = word }).Error!.Length, 1, 200);
        Assert.InRange(client.Ask(new() { Verb = Verbs.Logs, Services = [word] }).Error!.Length, 1, 200);
        Assert.InRange(client.Ask(new() { Verb = Verbs.Stop, Services = [word] }).Error!.Length, 1, 200);
    }

    [Fact]
    public void Half_a_frame_holds_nobody_up()
    {
        using var slow = _bench.Connect();
        var frame = Frame("{\"verb\":\"status\",\"id\":9}");
        foreach (var one in frame[..^1])
        {
            slow.SendBytes([one]);
            _bench.Loop.Turn(TimeSpan.Zero);
        }
        AssertServes();

        slow.SendBytes(frame.AsSpan()[^1..]);

        Assert.Equal(9, slow.Receive()!.Id);
    }

    [Fact]
    public void One_that_goes_in_the_middle_of_everything_leaves_nothing_behind()
    {
        _bench.Settle();
        var before = OpenDescriptors();
        var process = _bench.Up("a");
        for (var i = 0; i < 20; i++)
        {
            var client = _bench.Connect();
            client.Send(new ControlRequest { Verb = Verbs.Stop, Services = ["a"] });
            client.Send(new ControlRequest { Verb = Verbs.Logs, Follow = true });
            client.Send(new ControlRequest { Verb = Verbs.Attach });
            client.SendBytes([1, 0]);
            _bench.Settle();
            client.Dispose();
        }
        _bench.Settle();
        _bench.Exit(process);
        _bench.Logs.Say("a line that nobody follows");

        AssertServes();
        _bench.Settle();
        Assert.InRange(OpenDescriptors(), 0, before + 1); // the log file of our own lines
    }

    /// <summary>Those of the runtime aside, which keeps each assembly open from its first use on, whenever that is.</summary>
    private static int OpenDescriptors() => Directory.GetFiles("/proc/self/fd")
        .Count(f => new FileInfo(f).LinkTarget?.EndsWith(".dll", StringComparison.Ordinal) != true);

    [Fact]
    public void The_sixty_fifth_client_is_told_so()
    {
        var clients = Enumerable.Range(0, 64).Select(_ => _bench.Connect()).ToList();
        _bench.Settle();
        using var one = _bench.Connect();
        Assert.Contains("64 clients", one.Receive()!.Error, StringComparison.Ordinal);

        clients[0].Dispose();
        _bench.Settle();

        AssertServes();
        clients.ForEach(c => c.Dispose());
    }

    [Fact]
    public void No_bytes_whatever_stop_the_server()
    {
        Gen.OneOf(
            Gen.Byte.Array[0, 300],
            Gen.String[Gen.Char["{}[]\":,verbstaus0-9.\\"], 0, 60].Select(Frame),
            Gen.Select(Gen.Int[0, 5], Gen.String[0, 20], Gen.Int)
                .Select((verb, name, number) => Frame($"{{\"verb\":\"{KnownVerbs[verb]}\",\"services\":[\"{Convert.ToHexString(Encoding.UTF8.GetBytes(name))}\"],\"lines\":{number}}}")))
            .Sample(bytes =>
            {
                using var client = _bench.Connect();
                client.SendBytes(bytes);
                _bench.Loop.Turn(TimeSpan.Zero);
                _bench.Loop.Turn(TimeSpan.Zero);
            }, threads: 1, iter: 300);

        AssertServes();
        Assert.Equal("started", Define("b"));
    }

    private string? Define(string name)
    {
        using var client = _bench.Connect();
        return client.Ask(new() { Verb = Verbs.Define, Definition = SupervisorBench.Definition(name) }).Action;
    }
}
