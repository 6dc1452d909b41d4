using System.Net;
using System.Net.Sockets;
using System.Text;
using Meduza.Init.Agent;
using Meduza.Init.Agent.Metrics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meduza.Init.Tests.Agent.Metrics;

/// <summary>The port for metrics, towards readers and towards whoever else connects.</summary>
[Collection(Alone.Name)] // a port that is free is not reserved
public sealed class MetricsServerTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly ManualClock _clock = new();
    private readonly Triggers _triggers = new();
    private readonly CancellationTokenSource _end = new();
    private readonly List<Socket> _clients = [];
    private readonly IPEndPoint _endpoint = Free();
    private Task _running = Task.CompletedTask;
    private string _text = "meduza_x 1\n";
    private int _made;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        await _end.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
        _triggers.Dispose();
    }

    private static IPEndPoint Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }

    private MetricsServer Start()
    {
        var server = new MetricsServer(
            _endpoint,
            () =>
            {
                _made++;
                return _text;
            },
            _triggers, _clock, NullLogger.Instance);
        _running = server.RunAsync(_end.Token);
        return server;
    }

    private async Task<Socket> ConnectAsync(string request = "")
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _clients.Add(client);
        await client.ConnectAsync(_endpoint, TestContext.Current.CancellationToken);
        await client.SendAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        return client;
    }

    /// <summary>All that comes until the server closes.</summary>
    private static async Task<string> ReadAsync(Socket client)
    {
        using var limit = new CancellationTokenSource(Limit);
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (await client.ReceiveAsync(buffer, limit.Token) is var count and > 0)
            text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        return text.ToString();
    }

    private async Task<string> ScrapeAsync()
    {
        using var client = new HttpClient { Timeout = Limit };
        return await client.GetStringAsync(new Uri($"http://{_endpoint}/metrics"), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_reader_gets_the_page_with_its_type_and_length()
    {
        Start();
        Assert.Equal(
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: 11\r\nConnection: close\r\n\r\nmeduza_x 1\n",
            await ReadAsync(await ConnectAsync("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")));
        Assert.Equal(_text, await ScrapeAsync());
        Assert.EndsWith("Content-Length: 11\r\nConnection: close\r\n\r\n", await ReadAsync(await ConnectAsync("HEAD /metrics HTTP/1.1\r\n\r\n")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found\r\n")]
    [InlineData("DELETE /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 405 Method Not Allowed\r\n")]
    [InlineData("hello\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n")]
    public async Task What_is_not_served_is_refused_with_its_reason_and_makes_no_page(string request, string answer)
    {
        Start();
        Assert.StartsWith(answer, await ReadAsync(await ConnectAsync(request)), StringComparison.Ordinal);
        Assert.Equal(0, _made);
    }

    [Fact]
    public async Task A_head_may_come_in_pieces()
    {
        Start();
        var client = await ConnectAsync();
        client.NoDelay = true;
        foreach (var piece in "GET /metrics HTTP/1.1\r\n\r\n")
            await client.SendAsync(new[] { (byte)piece }, TestContext.Current.CancellationToken);
        Assert.EndsWith(_text, await ReadAsync(client), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_is_made_once_a_second_however_many_ask()
    {
        Start();
        for (var i = 0; i < 20; i++)
            await ScrapeAsync();
        Assert.Equal(1, _made);
        _text = "meduza_x 2\n";
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(_text, await ScrapeAsync());
        Assert.Equal(2, _made);
    }

    [Fact]
    public async Task A_head_that_is_too_long_is_refused_where_it_ends_and_not_read_on_where_it_does_not()
    {
        Start();
        var answer = await ReadAsync(await ConnectAsync(new string('a', MetricsServer.LongestHead)));
        Assert.StartsWith("HTTP/1.1 431 ", answer, StringComparison.Ordinal);

        var client = await ConnectAsync();
        var chunk = new byte[1 << 20];
        var sent = 0L;
        await Assert.ThrowsAnyAsync<SocketException>(async () =>
        {
            using var limit = new CancellationTokenSource(Limit);
            for (; sent < 1 << 30; sent += chunk.Length)
                await client.SendAsync(chunk, limit.Token);
        });
        Assert.Equal(_text, await ScrapeAsync());
    }

    [Fact]
    public async Task Who_says_nothing_loses_the_connection()
    {
        Start();
        Assert.Equal("", await ReadAsync(await ConnectAsync("GET /metrics HTT")));
    }

    [Fact]
    public async Task Hundreds_who_say_nothing_keep_no_reader_out_and_few_of_them_are_kept()
    {
        Start();
        for (var i = 0; i < 300; i++)
            await ConnectAsync("GET /metr");
        Assert.Equal(_text, await ScrapeAsync());
        // An end is readable.
        Assert.True(SpinWait.SpinUntil(() => _clients.Count(client => !client.Poll(0, SelectMode.SelectRead)) < MetricsServer.Most, Limit));
        for (var i = 0; i < 300; i++)
            await ConnectAsync("GET /metr");
        Assert.Equal(_text, await ScrapeAsync());
    }

    [Fact]
    public async Task Many_who_do_not_read_the_answer_keep_no_reader_out_and_share_one_page()
    {
        _text = string.Concat(Enumerable.Repeat("meduza_x 1\n", 1 << 20));
        Start();
        for (var i = 0; i < 100; i++)
            await ConnectAsync("GET /metrics HTTP/1.1\r\n\r\n");
        Assert.Equal(_text.Length, (await ScrapeAsync()).Length);
        Assert.Equal(1, _made);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_with_a_remedy_and_served_when_it_is_free()
    {
        MetricsServer server;
        using (var other = new TcpListener(_endpoint))
        {
            other.Start();
            server = Start();
            Assert.True(SpinWait.SpinUntil(() => server.Problem is not null, Limit));
            Assert.Equal(
                $"metrics cannot be served at {_endpoint} (Address already in use): see who listens there (ss -ltnp), or set METRICS_LISTEN to another address", server.Problem);
            Assert.Equal(Trigger.Report, await _triggers.TakeAsync(Limit, TestContext.Current.CancellationToken));
        }
        Assert.True(SpinWait.SpinUntil(() => server.Problem is null, Limit));
        Assert.Equal(_text, await ScrapeAsync());
    }
}
