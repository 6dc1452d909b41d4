using System.Net;
using System.Net.Sockets;
using System.Text;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Render.Mihomo;
using Meduza.Init.Agent.Status;

namespace Meduza.Init.Tests.Agent.Status;

/// <summary>mihomo's API is this test: what it says, and to whom.</summary>
public sealed class MihomoQuestionTests : IAsyncDisposable
{
    private const string OnReject = """{"proxies":[{"name":"pick","type":"Selector","now":"REJECT","all":["REJECT","a"]},{"name":"auto","type":"URLTest","now":"REJECT","all":["a","REJECT"]}]}""";
    private const string OnProxy = """{"proxies":[{"name":"auto","type":"URLTest","now":"a","all":["a","REJECT"]}]}""";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly MihomoQuestion _question;
    private readonly Task _answering;
    private volatile string _groups = OnReject;
    private volatile MihomoApi? _api;
    private volatile int _asked;

    public MihomoQuestionTests()
    {
        _listener.Start();
        var address = _listener.LocalEndpoint.ToString()!;
        _api = new(address, new Secret("s3cr3t"), MayBeStuck: true);
        _question = new(address, () => _api);
        _answering = AnswerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _answering;
        _question.Dispose();
        _listener.Dispose();
        _end.Dispose();
    }

    private Task<bool> AskAsync() => _question.AskAsync(TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_group_that_is_stuck_on_REJECT_is_named_and_healthy_again_when_it_is_not()
    {
        // A group has not tested anything when mihomo begins.
        Assert.True(await AskAsync());
        Assert.False(await AskAsync());
        Assert.Equal("a proxy for group \"auto\", which is stuck on REJECT", _question.Lack);

        _groups = OnProxy;
        Assert.True(await AskAsync());
        Assert.Null(_question.Lack);
    }

    [Fact]
    public async Task Groups_that_cannot_be_asked_for_are_no_illness()
    {
        Assert.True(await AskAsync());
        _api = _api! with { Secret = new("another") };
        Assert.True(await AskAsync());
        _api = _api! with { Secret = new("s3cr3t") };
        _groups = "<html>";
        Assert.True(await AskAsync());
    }

    [Fact]
    public async Task Groups_are_asked_for_only_where_one_may_be_stuck()
    {
        _api = _api! with { MayBeStuck = false };
        Assert.True(await AskAsync());
        Assert.True(await AskAsync());
        Assert.Equal(0, _asked);
    }

    [Theory]
    [InlineData(OnReject, "auto")]
    [InlineData("""{"proxies":[{"name":"drop","type":"URLTest","now":"REJECT-DROP","all":["REJECT-DROP","a"]}]}""", "drop")]
    [InlineData(OnProxy, null)]
    // It has nothing else: somebody wants that.
    [InlineData("""{"proxies":[{"name":"ads","type":"URLTest","now":"REJECT","all":["REJECT"]}]}""", null)]
    [InlineData("""{"proxies":[{"name":1,"type":"URLTest","now":"REJECT","all":[2,"a"]},3]}""", "")]
    [InlineData("""{"proxies":{}}""", null)]
    [InlineData("[]", null)]
    [InlineData("{", null)]
    [InlineData("", null)]
    public void Stuck_is_a_testing_group_that_could_be_on_another_member(string json, string? group) =>
        Assert.Equal(group, MihomoQuestion.Stuck(Encoding.UTF8.GetBytes(json)));

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptSocketAsync(_end.Token);
                var head = new byte[2048];
                var request = Encoding.ASCII.GetString(head, 0, await client.ReceiveAsync(head, _end.Token));
                var isGroups = request.StartsWith("GET /group ", StringComparison.Ordinal);
                if (isGroups)
                    _asked++;
                var isAllowed = request.Contains("Authorization: Bearer s3cr3t\r\n", StringComparison.Ordinal);
                var body = isGroups ? _groups : "{}";
                await client.SendAsync(
                    Encoding.ASCII.GetBytes(isAllowed
                        ? $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"
                        : "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
                    _end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
