using System.Net;
using System.Net.Sockets;
using Meduza.Init.Agent.Names;

namespace Meduza.Init.Tests.Agent.Names;

/// <summary>A resolver is this test: what it says, and when.</summary>
public sealed class NameQuestionTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1), Short = TimeSpan.FromMilliseconds(50);

    private readonly Socket _resolver = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly NameQuestion _question;

    public NameQuestionTests()
    {
        _resolver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _resolver.ReceiveTimeout = (int)Long.TotalMilliseconds;
        _question = NameQuestion.OfLocalhost(_resolver.LocalEndPoint!.ToString()!);
    }

    public void Dispose()
    {
        _question.Dispose();
        _resolver.Dispose();
    }

    private async Task<bool> AskAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        return await _question.AskAsync(limit.Token);
    }

    private (byte[] Question, EndPoint From) Hear()
    {
        var message = new byte[512];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        var length = _resolver.ReceiveFrom(message, ref from);
        return (message[..length], from);
    }

    private void Say(byte[] question, EndPoint from, byte flags = 0x81, byte code = 0)
    {
        byte[] answer = [.. question];
        (answer[2], answer[3]) = (flags, code);
        _resolver.SendTo(answer, from);
    }

    [Fact]
    public async Task The_question_is_for_the_address_of_localhost()
    {
        var asked = AskAsync(Long);
        var (question, from) = Hear();
        Assert.Equal([1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 9, .. "localhost"u8, 0, 0, 1, 0, 1], question[2..]);
        Say(question, from);
        Assert.True(await asked);
    }

    [Fact]
    public async Task dnsmasq_is_asked_for_what_it_says_of_itself()
    {
        using var question = NameQuestion.OfItself(_resolver.LocalEndPoint!.ToString()!);
        using var limit = new CancellationTokenSource(Long);
        var asked = question.AskAsync(limit.Token);
        var (message, from) = Hear();
        Assert.Equal([1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, .. "version"u8, 4, .. "bind"u8, 0, 0, 16, 0, 3], message[2..]);
        Say(message, from);
        Assert.True(await asked);
    }

    [Theory]
    [InlineData(2)] // SERVFAIL
    [InlineData(3)] // NXDOMAIN
    [InlineData(5)] // REFUSED
    public async Task That_it_cannot_say_is_an_answer_too(byte code)
    {
        var asked = AskAsync(Long);
        var (question, from) = Hear();
        Say(question, from, code: code);
        Assert.True(await asked);
    }

    [Fact]
    public async Task What_is_no_answer_to_it_is_passed_over()
    {
        var asked = AskAsync(Long);
        var (question, from) = Hear();
        _resolver.SendTo([], from);
        _resolver.SendTo(question[..11], from);
        Say(question, from, flags: 0x01);
        Say([(byte)~question[0], .. question[1..]], from);
        Say(question, from, code: 2);
        Assert.True(await asked);
    }

    [Fact]
    public async Task Silence_is_none_and_an_answer_that_comes_late_counts_for_the_next_question()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AskAsync(Short));
        var (question, from) = Hear();
        var asked = AskAsync(Long);
        Say(question, from);
        Assert.True(await asked);
    }

    [Fact]
    public async Task Answers_that_were_owed_do_not_hide_that_no_more_come()
    {
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AskAsync(Short));
        for (var i = 0; i < 3; i++)
        {
            var (question, from) = Hear();
            Say(question, from);
        }
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AskAsync(Short));
    }

    [Fact]
    public async Task Where_nobody_has_the_port_that_is_known_at_once()
    {
        _resolver.Dispose();
        // The kernel tells of it at the next call, which may still be the sending.
        Assert.False(await AskAsync(Long));
    }
}
