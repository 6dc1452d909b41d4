using Meduza.Init.Control;

namespace Meduza.Init.Tests.Cli;

public class ReconcileVerbTests
{
    [Fact]
    public async Task Without_wait_it_is_asked_for_and_that_is_all()
    {
        using var pid1 = new FakePid1(new ControlReply());
        var result = await pid1.AskAsync("reconcile");
        Assert.Equal("reconcile asked for: see `meduza status`, or use --wait\n", result.Output);
        Assert.Equal(0, result.Code);
        Assert.Equal((Verbs.Reconcile, false), (pid1.Request.Verb, pid1.Request.Wait));
    }

    [Fact]
    public async Task With_wait_it_says_what_was_touched()
    {
        using var pid1 = new FakePid1(request => [request.Verb == Verbs.Reconcile ? new() : Samples.Healthy]);
        var result = await pid1.AskAsync("reconcile", "--wait", "--timeout", "1.5");
        Assert.Equal("applied revision 57 in 41 ms: touched frr, tinc\n", result.Output);
        Assert.Equal(0, result.Code);
        Assert.True(pid1.Requests.TryPeek(out var request));
        Assert.Equal((true, 1500), (request.Wait, request.TimeoutMilliseconds));
    }

    [Fact]
    public async Task Commit_that_is_not_applied_is_exit_code_3_and_names_the_keys()
    {
        using var pid1 = new FakePid1(request => [request.Verb == Verbs.Reconcile ? new() : Samples.Troubled]);
        var result = await pid1.AskAsync("reconcile", "--wait");
        Assert.StartsWith("degraded revision 57", result.Output, StringComparison.Ordinal);
        Assert.Equal("/nodes/gw-a/bgp/asn: 65000x is not an AS number\n", result.Error);
        Assert.Equal(3, result.Code);
    }

    [Fact]
    public async Task Agent_that_has_nothing_to_say_is_not_success()
    {
        using var pid1 = new FakePid1(new ControlReply());
        var result = await pid1.AskAsync("reconcile", "--wait");
        Assert.Equal("meduza: reconciled, but the agent does not say what: see `meduza logs agent`\n", result.Error);
        Assert.Equal(3, result.Code);
    }
}
