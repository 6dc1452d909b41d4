using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Meduza.Init.Cli;
using Meduza.Init.Control;

namespace Meduza.Init.Tests.Cli;

/// <summary>A control socket on which the test answers, and the command line that asks there.</summary>
internal sealed class FakePid1 : IDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 20, 0, 0, TimeSpan.Zero);

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Func<ControlRequest, IEnumerable<ControlReply>?> _answer;

    /// <param name="answer">The frames that answer a request; null closes the connection instead.</param>
    public FakePid1(Func<ControlRequest, IEnumerable<ControlReply>?> answer)
    {
        _answer = answer;
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
        _ = ServeAsync();
    }

    /// <summary>Answers each request with the same frame.</summary>
    public FakePid1(ControlReply reply) : this(_ => [reply]) { }

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"meduza-{Guid.NewGuid():N}.sock");

    public ConcurrentQueue<ControlRequest> Requests { get; } = [];

    public ControlRequest Request => Assert.Single(Requests);

    public Task<Result> AskAsync(params string[] arguments) => RunAsync(Path, LogFolder, arguments);

    /// <summary>Where the services of this one have their log files; null is nowhere.</summary>
    public string? LogFolder { get; init; }

    /// <summary>Runs a command line that asks at <paramref name="path"/>.</summary>
    public static Task<Result> RunAsync(string path, params string[] arguments) => RunAsync(path, null, arguments);

    /// <summary>Runs a command line that asks nobody, with this on its standard input.</summary>
    public static Task<Result> FeedAsync(string input, params string[] arguments) => RunAsync("/nowhere", null, arguments, input);

    private static async Task<Result> RunAsync(string path, string? logFolder, string[] arguments, string input = "")
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var session = new Session(output, error, Colour: false, path, logFolder ?? "/nowhere", Clock()) { Input = () => Encoding.UTF8.GetBytes(input) };
        var code = await CommandLine.RunAsync(arguments, session, TestContext.Current.CancellationToken);
        return new(code, output.ToString(), error.ToString());
    }

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(Path);
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            Socket peer;
            try
            {
                peer = await _listener.AcceptAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
            using (peer)
                await ServeAsync(peer);
        }
    }

    private async Task ServeAsync(Socket peer)
    {
        var pending = Array.Empty<byte>();
        var chunk = new byte[4096];
        while (true)
        {
            var length = await peer.ReceiveAsync(chunk);
            if (length == 0)
                return;
            pending = [.. pending, .. chunk[..length]];
            var buffer = new ReadOnlySequence<byte>(pending);
            while (Frames.TryRead(ref buffer, out var json))
            {
                var request = Frames.Parse(json, ControlJson.ReadControlRequest);
                Requests.Enqueue(request);
                if (_answer(request) is not { } replies)
                    return;
                foreach (var reply in replies)
                {
                    var output = new ArrayBufferWriter<byte>();
                    Frames.Write(output, reply with { Id = request.Id }, ControlJson.Write);
                    await peer.SendAsync(output.WrittenMemory);
                }
            }
            pending = buffer.ToArray();
        }
    }

    public static ManualClock Clock()
    {
        var clock = new ManualClock();
        clock.Jump(Now - clock.GetUtcNow());
        return clock;
    }

    /// <summary>What a command line left behind.</summary>
    internal sealed record Result(int Code, string Output, string Error);
}
