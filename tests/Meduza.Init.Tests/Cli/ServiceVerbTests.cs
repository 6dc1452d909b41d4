using Meduza.Init.Control;

namespace Meduza.Init.Tests.Cli;

public class ServiceVerbTests
{
    [Theory]
    [InlineData("start", ServiceStates.Ready, 0)]
    [InlineData("restart", ServiceStates.Ready, 0)]
    [InlineData("start", ServiceStates.Completed, 0)]
    [InlineData("stop", ServiceStates.Down, 0)]
    [InlineData("start", ServiceStates.Starting, 3)]
    [InlineData("restart", ServiceStates.Failing, 3)]
    [InlineData("stop", ServiceStates.Stopping, 3)]
    public async Task Exit_code_says_whether_the_final_state_is_the_wanted_one(string verb, string state, int code)
    {
        using var pid1 = new FakePid1(new ControlReply { Services = [Samples.Service("bgpd", state, pid: 0)] });
        var result = await pid1.AskAsync(verb, "bgpd", "--timeout", "5");
        Assert.Equal((code, $"bgpd: {state}\n", ""), (result.Code, result.Output, result.Error));
        Assert.Equal((verb, 5000), (pid1.Request.Verb, pid1.Request.TimeoutMilliseconds));
        Assert.Equal(["bgpd"], pid1.Request.Services);
    }

    [Fact]
    public async Task Final_state_is_asked_for_where_the_answer_has_none()
    {
        using var pid1 = new FakePid1(request => [request.Verb == Verbs.Status ? Samples.Healthy : new()]);
        var result = await pid1.AskAsync("restart", "dnsmasq");
        Assert.Equal((0, "dnsmasq: ready, pid 1034\n"), (result.Code, result.Output));
    }

    [Fact]
    public async Task What_keeps_it_from_being_ready_is_told()
    {
        using var pid1 = new FakePid1(Samples.Troubled);
        Assert.Equal("bgpd: failing, last exit: signal 11 (SIGSEGV)\n", (await pid1.AskAsync("start", "bgpd")).Output);
        Assert.Equal("mosdns: waiting, waits for mihomo to be ready\n", (await pid1.AskAsync("start", "mosdns")).Output);
    }
}
