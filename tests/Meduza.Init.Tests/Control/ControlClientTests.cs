using System.Buffers;
using System.Net.Sockets;
using Meduza.Init.Control;

namespace Meduza.Init.Tests.Control;

public sealed class ControlClientTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"meduza-{Guid.NewGuid():N}.sock");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ControlClientTests()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        _listener.Listen();
    }

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_path);
    }

    private static async Task<ControlRequest> ReceiveAsync(Socket peer)
    {
        var pending = Array.Empty<byte>();
        var chunk = new byte[4096];
        while (true)
        {
            var length = await peer.ReceiveAsync(chunk, Cancellation);
            Assert.NotEqual(0, length);
            pending = [.. pending, .. chunk[..length]];
            var buffer = new ReadOnlySequence<byte>(pending);
            if (Frames.TryRead(ref buffer, out var json))
                return Frames.Parse(json, ControlJson.ReadControlRequest);
        }
    }

    private static async Task ReplyAsync(Socket peer, ControlReply reply)
    {
        var output = new ArrayBufferWriter<byte>();
        Frames.Write(output, reply, ControlJson.Write);
        await peer.SendAsync(output.WrittenMemory, Cancellation);
    }

    [Fact]
    public async Task Answers_find_their_request_in_any_order()
    {
        await using var client = await ControlClient.ConnectAsync(_path, Cancellation);
        using var peer = await _listener.AcceptAsync(Cancellation);

        var first = client.SendAsync(new() { Verb = Verbs.Status }, Cancellation);
        var firstRequest = await ReceiveAsync(peer);
        var second = client.SendAsync(new() { Verb = Verbs.Logs }, Cancellation);
        var secondRequest = await ReceiveAsync(peer);
        await ReplyAsync(peer, new() { Id = secondRequest.Id, Action = "second" });
        await ReplyAsync(peer, new() { Id = firstRequest.Id, Action = "first" });

        Assert.Equal("first", (await first).Action);
        Assert.Equal("second", (await second).Action);
    }

    [Fact]
    public async Task A_streamed_answer_ends_with_the_frame_that_says_so()
    {
        await using var client = await ControlClient.ConnectAsync(_path, Cancellation);
        using var peer = await _listener.AcceptAsync(Cancellation);

        var stream = client.StreamAsync(new() { Verb = Verbs.Logs }, Cancellation).GetAsyncEnumerator(Cancellation);
        var next = stream.MoveNextAsync();
        var request = await ReceiveAsync(peer);
        await ReplyAsync(peer, new() { Id = request.Id, More = true, Action = "a" });
        Assert.True(await next);
        await ReplyAsync(peer, new() { Id = request.Id, Action = "b" });
        Assert.True(await stream.MoveNextAsync());
        Assert.Equal("b", stream.Current.Action);
        Assert.False(await stream.MoveNextAsync());
    }

    [Fact]
    public async Task A_connection_that_ends_fails_what_waits()
    {
        await using var client = await ControlClient.ConnectAsync(_path, Cancellation);
        var peer = await _listener.AcceptAsync(Cancellation);
        var sending = client.SendAsync(new() { Verb = Verbs.Status }, Cancellation);
        await ReceiveAsync(peer);

        peer.Dispose();

        await Assert.ThrowsAsync<IOException>(() => sending);
        await Assert.ThrowsAsync<IOException>(() => client.SendAsync(new() { Verb = Verbs.Status }, Cancellation));
    }
}
