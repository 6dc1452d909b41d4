using Meduza.Init.Control;

namespace Meduza.Init.Tests.Cli;

public class RefreshVerbTests
{
    [Fact]
    public async Task It_says_what_came_of_it()
    {
        using var pid1 = new FakePid1(new ControlReply { Text = "subscription 'main': not modified" });
        var result = await pid1.AskAsync("refresh");
        Assert.Equal(("subscription 'main': not modified\n", "", 0), (result.Output, result.Error, result.Code));
        Assert.Equal((Verbs.Refresh, 60000), (pid1.Request.Verb, pid1.Request.TimeoutMilliseconds));
    }

    [Fact]
    public async Task What_cannot_be_had_or_used_is_exit_code_1_with_the_reason()
    {
        using var pid1 = new FakePid1(new ControlReply { Error = "subscription 'main': it is no mihomo configuration; the one before stays in use" });
        var result = await pid1.AskAsync("refresh");
        Assert.Equal("meduza: subscription 'main': it is no mihomo configuration; the one before stays in use\n", result.Error);
        Assert.Equal(("", 1), (result.Output, result.Code));
    }

    [Fact]
    public async Task What_is_not_over_in_time_is_exit_code_3()
    {
        using var pid1 = new FakePid1(new ControlReply { NotYet = true });
        var result = await pid1.AskAsync("refresh", "--timeout", "2");
        Assert.Equal("meduza: it is not over after 2s, and goes on: see `meduza status`\n", result.Error);
        Assert.Equal(3, result.Code);
    }
}
