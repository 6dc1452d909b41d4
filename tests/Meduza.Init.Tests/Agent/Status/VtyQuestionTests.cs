using System.Net.Sockets;
using Meduza.Init.Agent.Status;

namespace Meduza.Init.Tests.Agent.Status;

/// <summary>An FRR daemon is this test: what it hears, and whether it says anything.</summary>
public sealed class VtyQuestionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-vty-").FullName;
    private readonly Socket _daemon = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly VtyQuestion _question;

    public VtyQuestionTests()
    {
        var path = Path.Combine(_folder, "bgpd.vty");
        _daemon.Bind(new UnixDomainSocketEndPoint(path));
        _daemon.Listen(1);
        _question = new(path);
    }

    public void Dispose()
    {
        _question.Dispose();
        _daemon.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> AskAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        return await _question.AskAsync(limit.Token);
    }

    [Fact]
    public async Task It_is_asked_as_watchfrr_asks_and_any_word_is_an_answer()
    {
        var asked = AskAsync(TimeSpan.FromMinutes(1));
        using var vty = await _daemon.AcceptAsync(TestContext.Current.CancellationToken);
        var heard = new byte[64];
        var length = await vty.ReceiveAsync(heard, TestContext.Current.CancellationToken);
        Assert.Equal("echo PING\0"u8.ToArray(), heard[..length]);
        await vty.SendAsync("PING\n\0\0\0\0"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.True(await asked);
    }

    [Fact]
    public async Task One_that_hangs_answers_nothing_and_asking_it_waits_no_longer_when_no_more_questions_fit()
    {
        for (var i = 0; i < 2; i++)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AskAsync(TimeSpan.FromMilliseconds(20)));
        Assert.False(await AskAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task One_that_closes_or_is_not_there_answers_nothing()
    {
        var asked = AskAsync(TimeSpan.FromMinutes(1));
        (await _daemon.AcceptAsync(TestContext.Current.CancellationToken)).Close();
        Assert.False(await asked);
        _daemon.Close();
        Assert.False(await AskAsync(TimeSpan.FromMinutes(1)));
    }
}
