using System.Net.Sockets;
using System.Text;
using Meduza.Init.Agent.Status;

namespace Meduza.Init.Tests.Agent.Status;

/// <summary>Towards a control socket that says what tincd 1.1pre18 said.</summary>
public sealed class TincNodesTests : IDisposable
{
    private const string Greeting = "0 alpha 17.7\n4 0 2925\n";
    private const string Myself = "18 3 alpha ba3ce58667ca MYSELF port 16551 0 0 0 0 700000c 58 alpha alpha 0 1518 0 1518 1795685853 -1 0 0 0 0\n";
    private const string Reached = "18 3 beta 560c72de72c0 127.0.0.1 port 16552 0 0 0 0 700000c 85a beta beta 1 1518 0 1518 1795685854 -1 2 36 0 0\n";
    private const string Gone = "18 3 beta 560c72de72c0 127.0.0.1 port 16552 0 0 0 0 0 0 beta beta -1 1518 0 1518 1795685862 4574 2 36 0 0\n";
    private const string End = "18 3\n";
    private const string Cookie = "FDC3FC1DC7A53A74390741A4E9224BE08E8E396D6FF4B43BD3EF191FE7BDC4C0";

    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-tinc-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public TincNodesTests() => File.WriteAllText(PidFile, $"2925 {Cookie} 127.0.0.1 port 16551\n");

    private string PidFile => Path.Combine(_folder, "mesh.pid");
    private string SocketPath => Path.Combine(_folder, "mesh.socket");

    public void Dispose()
    {
        _listener.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Takes one connection, reads what there must be, and answers in pieces.</summary>
    private async Task ServeAsync(params string[] answer)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen(1);
        using var client = await _listener.AcceptAsync(TestContext.Current.CancellationToken);
        var expected = $"0 ^{Cookie} 0\n18 3\n";
        var asked = new byte[expected.Length];
        for (var length = 0; length < asked.Length;)
            length += await client.ReceiveAsync(asked.AsMemory(length), TestContext.Current.CancellationToken);
        Assert.Equal(expected, Encoding.ASCII.GetString(asked));
        foreach (var piece in answer)
        {
            await client.SendAsync(Encoding.ASCII.GetBytes(piece), TestContext.Current.CancellationToken);
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
        // Until the other side has had enough: tincd keeps a control connection.
        _ = await client.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Its_nodes_are_those_that_it_reaches_however_the_answer_is_cut()
    {
        var served = ServeAsync([.. (Greeting + Myself + Reached + End).Chunk(50).Select(piece => new string(piece))]);
        var nodes = await Task.Run(() => TincNodes.Read(PidFile, SocketPath), TestContext.Current.CancellationToken);
        await served;
        Assert.Equal(["alpha", "beta"], nodes!.Order());
    }

    [Fact]
    public async Task One_that_says_nothing_or_not_all_cannot_be_asked()
    {
        var served = ServeAsync(Greeting, Myself);
        Assert.Null(await Task.Run(() => TincNodes.Read(PidFile, SocketPath), TestContext.Current.CancellationToken));
        await served;
    }

    [Fact]
    public void Nobody_there_cannot_be_asked()
    {
        Assert.Null(TincNodes.Read(PidFile, SocketPath));
        Assert.Null(TincNodes.Read(Path.Combine(_folder, "none.pid"), SocketPath));
        File.WriteAllText(PidFile, "2925");
        Assert.Null(TincNodes.Read(PidFile, SocketPath));
    }

    [Fact]
    public void A_node_that_is_known_and_not_reached_is_none_of_them()
    {
        Assert.Equal(["alpha"], TincNodes.Parse(Greeting + Myself + Gone + End)!);
        Assert.Empty(TincNodes.Parse(Greeting + End)!);
        Assert.Null(TincNodes.Parse(Greeting + Myself));
        Assert.Empty(TincNodes.Parse("18 3 x\n18 3 a b c d e f g h i j nonsense\n18 3\n")!);
    }
}
