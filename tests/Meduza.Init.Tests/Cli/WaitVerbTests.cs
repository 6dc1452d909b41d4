using System.Collections.Immutable;
using Meduza.Init.Cli;
using Meduza.Init.Control;

namespace Meduza.Init.Tests.Cli;

public class WaitVerbTests
{
    [Fact]
    public async Task Commit_that_is_applied_is_exit_code_0()
    {
        using var pid1 = new FakePid1(With(Commit("42", "applied")));
        var result = await RunAsync(pid1, "wait", "--commit", "42");
        Assert.Equal((0, "applied \"42\" revision 7\n", ""), (result.Code, result.Output, result.Error));
        Assert.Equal(0, (await RunAsync(pid1, "wait")).Code);
    }

    [Fact]
    public async Task It_waits_for_the_commit_and_through_a_pid_1_that_is_gone_for_a_moment()
    {
        var asked = 0;
        using var pid1 = new FakePid1(_ => ++asked switch
        {
            1 => [With(null)],
            2 => null,
            3 => [With(Commit("41", "applied"))],
            4 => [With(Commit("42", "degraded"))],
            _ => [With(Commit("42", "applied"))],
        });
        Assert.Equal(0, (await RunAsync(pid1, "wait", "--commit", "42")).Code);
        Assert.Equal(5, asked);
    }

    [Fact]
    public async Task Rejected_commit_is_told_at_once()
    {
        using var pid1 = new FakePid1(With(Commit("42", "rejected") with { Errors = [new("/nodes/gw-a/lan", "\"x\" is no prefix")] }));
        var result = await RunAsync(pid1, "wait", "--commit", "42");
        Assert.Equal((3, "meduza: commit \"42\" is rejected: /nodes/gw-a/lan: \"x\" is no prefix\n"), (result.Code, result.Error));
    }

    public static TheoryData<string, string> Late => new()
    {
        { "other", "meduza: commit \"42\" is not applied after 0.3 s: this node has \"41\"\n" },
        { "degraded", "meduza: commit \"42\" is not applied after 0.3 s: \"42\" is degraded: see `meduza status`\n" },
        { "none", "meduza: commit \"42\" is not applied after 0.3 s: none is known here yet; etcd is down\n" },
    };

    [Theory]
    [MemberData(nameof(Late))]
    public async Task Time_that_is_over_is_exit_code_3_with_what_there_is(string what, string error)
    {
        using var pid1 = new FakePid1(what switch
        {
            "other" => With(Commit("41", "applied")),
            "degraded" => With(Commit("42", "degraded")),
            _ => With(null) with { Report = Samples.Report(null) with { Etcd = new() { Error = "etcd is down" } } },
        });
        var result = await RunAsync(pid1, "wait", "--commit", "42", "--timeout", "0.3");
        Assert.Equal((3, error), (result.Code, result.Error));
    }

    private static ControlReply With(CommitReport? commit) => new() { Report = Samples.Report(commit) with { Etcd = new() { Connected = true } } };

    private static CommitReport Commit(string value, string result) => Samples.Commit(result) with { Commit = value, Revision = 7, Errors = ImmutableArray<CommitError>.Empty };

    private static async Task<FakePid1.Result> RunAsync(FakePid1 pid1, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var session = new Session(output, error, Colour: false, pid1.Path, "/nowhere", TimeProvider.System);
        return new(await CommandLine.RunAsync(arguments, session, TestContext.Current.CancellationToken), output.ToString(), error.ToString());
    }
}
