using Meduza.Init.Control;

namespace Meduza.Init.Tests.Cli;

public class CommandLineTests
{
    public static TheoryData<string> AllVerbs => ["status", "logs", "reconcile", "refresh", "wait", "start", "stop", "restart", "upgrade", "doctor", "version", "plan", "commit", "confirm", "rollback", "lint", "render", "generate", "schema", "keys export", "keys import"];

    /// <summary>The words that may stand first, in the order of the help.</summary>
    private const string Words = "status, logs, reconcile, refresh, wait, start, stop, restart, upgrade, doctor, support, version, plan, commit, confirm, rollback, lint, render, generate, schema, keys";

    [Theory]
    [MemberData(nameof(AllVerbs))]
    public async Task Every_verb_has_help_with_an_example(string verb)
    {
        var result = await FakePid1.RunAsync("/nowhere", [.. verb.Split(' '), "--help"]);
        Assert.Equal(0, result.Code);
        Assert.Equal("", result.Error);
        Assert.Contains($"meduza {verb}", result.Output, StringComparison.Ordinal);
        Assert.Contains($"Examples:\n  meduza {verb}", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_of_the_whole_names_every_verb()
    {
        var result = await FakePid1.RunAsync("/nowhere", "--help");
        Assert.Equal(0, result.Code);
        Assert.All(AllVerbs, verb => Assert.Contains(verb.Data.Split(' ')[0], result.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("meduza: no verb 'stauts': there are " + Words + "; see `meduza --help`\n", "stauts")]
    [InlineData("meduza: no option '--frob': see `meduza status --help`\n", "status", "--frob")]
    [InlineData("meduza: Unrecognized command or argument 'b': see `meduza status --help`\n", "status", "a", "b")]
    [InlineData("meduza: Required argument 'SERVICE' missing for command: 'start': see `meduza start --help`\n", "start")]
    [InlineData("meduza: no option '-x': see `meduza logs --help`\n", "logs", "a", "-x")]
    [InlineData("meduza: 'soon' is not a time limit: give seconds, at most 86400: see `meduza stop --help`\n", "stop", "x", "--timeout", "soon")]
    [InlineData("meduza: '5' is no time for a confirmation: give whole seconds, 10s to 24h (90, 5m, 1h30m): see `meduza commit --help`\n", "commit", "--confirm", "5")]
    [InlineData("meduza: '2d' is no time for a confirmation: give whole seconds, 10s to 24h (90, 5m, 1h30m): see `meduza commit --help`\n", "commit", "--confirm", "2d")]
    [InlineData("meduza: '0' is no number of commits to go back: give 1 or more, see `meduza rollback --list`: see `meduza rollback --help`\n", "rollback", "0")]
    [InlineData("meduza: 'all' is not a number of lines: give a whole number, 0 or more: see `meduza logs --help`\n", "logs", "-n", "all")]
    [InlineData("meduza: a verb is missing: there are " + Words + "; see `meduza --help`\n")]
    public async Task Wrong_usage_is_one_line_and_exit_code_2(string error, params string[] arguments)
    {
        var result = await FakePid1.RunAsync("/nowhere", arguments);
        Assert.Equal(error, result.Error);
        Assert.Equal("", result.Output);
        Assert.Equal(2, result.Code);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("logs")]
    [InlineData("reconcile")]
    [InlineData("refresh")]
    [InlineData("start", "bgpd")]
    public async Task Without_pid_1_every_verb_says_so_in_one_line(params string[] arguments)
    {
        var path = $"/run/meduza-{Guid.NewGuid():N}.sock";
        var result = await FakePid1.RunAsync(path, arguments);
        Assert.Equal(
            $"meduza: meduza-init does not run here: nothing answers at {path} (start it, or name another socket in MEDUZA_CONTROL)\n", result.Error);
        Assert.Equal(1, result.Code);
    }

    [Fact]
    public async Task Path_that_can_be_no_socket_is_the_same_error()
    {
        var result = await FakePid1.RunAsync("/" + new string('x', 200), "status");
        Assert.StartsWith("meduza: meduza-init does not run here", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Code);
    }

    [Fact]
    public async Task Refusal_of_pid_1_is_its_line()
    {
        using var pid1 = new FakePid1(new ControlReply { Error = "no such service: zebra\e[2J" });
        var result = await pid1.AskAsync("restart", "zebra");
        Assert.Equal("meduza: no such service: zebra\\x1b[2J\n", result.Error);
        Assert.Equal(1, result.Code);
    }

    [Fact]
    public async Task Not_yet_is_exit_code_3()
    {
        using var pid1 = new FakePid1(new ControlReply { Error = "bgpd is not ready after 5 s", NotYet = true });
        var result = await pid1.AskAsync("start", "bgpd");
        Assert.Equal("meduza: bgpd is not ready after 5 s\n", result.Error);
        Assert.Equal(3, result.Code);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("logs")]
    public async Task Pid_1_that_ends_meanwhile_is_told(string verb)
    {
        using var pid1 = new FakePid1(_ => null);
        var result = await pid1.AskAsync(verb);
        Assert.Equal("meduza: PID 1 closed the control connection: it is stopping, or was restarted; try again\n", result.Error);
        Assert.Equal(1, result.Code);
    }
}
