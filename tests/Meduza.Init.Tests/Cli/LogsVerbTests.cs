using Meduza.Init.Cli;
using System.Text.Json;
using Meduza.Init.Control;

namespace Meduza.Init.Tests.Cli;

public class LogsVerbTests
{
    private static readonly long Time = FakePid1.Now.AddMilliseconds(7).ToUnixTimeMilliseconds();

    [Fact]
    public async Task Lines_are_printed_with_time_and_service()
    {
        using var pid1 = new FakePid1(new ControlReply { Lines = [new("bgpd", "out", Time, "up"), new("ospfd", "err", Time, "bad\e[2J")] });
        var result = await pid1.AskAsync("logs");
        Assert.Equal("2026-11-24T20:00:00.007Z bgpd: up\n2026-11-24T20:00:00.007Z ospfd: bad\\x1b[2J\n", result.Output);
        Assert.Equal(0, result.Code);
        Assert.Equal((Verbs.Logs, 100, false), (pid1.Request.Verb, pid1.Request.Lines, pid1.Request.Follow));
        Assert.Empty(pid1.Request.Services);
    }

    [Fact]
    public async Task Options_and_services_reach_pid_1()
    {
        using var pid1 = new FakePid1(new ControlReply());
        Assert.Equal(0, (await pid1.AskAsync("logs", "-f", "-n", "7", "bgpd", "ospfd")).Code);
        Assert.Equal((7, true), (pid1.Request.Lines, pid1.Request.Follow));
        Assert.Equal(["bgpd", "ospfd"], pid1.Request.Services);
    }

    [Fact]
    public async Task Followed_lines_are_printed_as_they_come()
    {
        using var pid1 = new FakePid1(_ =>
        [
            new() { Lines = [new("bgpd", "out", Time, "old")], More = true },
            new() { Lines = [new("bgpd", "out", Time, "new")], More = true },
            new() { Lines = [new("bgpd", "out", Time, "last")] },
        ]);
        var result = await pid1.AskAsync("logs", "--follow");
        Assert.Equal(["old", "new", "last"], result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(": ")[1]));
    }

    [Fact]
    public async Task Who_follows_goes_on_where_pid_1_went_on_in_place_before_it_answered()
    {
        var times = 0;
        using var pid1 = new FakePid1(_ => ++times < 3 ? null : [new() { Lines = [new("bgpd", "out", Time, "up")] }]);
        var result = await pid1.AskAsync("logs", "--follow");
        Assert.Equal((0, 3), (result.Code, pid1.Requests.Count));
        Assert.EndsWith("bgpd: up\n", result.Output, StringComparison.Ordinal);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public async Task Who_follows_gives_up_where_each_connection_ends_unanswered()
    {
        using var pid1 = new FakePid1(_ => null);
        var result = await pid1.AskAsync("logs", "--follow");
        Assert.Equal(ExitCodes.Failed, result.Code);
        Assert.Equal("meduza: PID 1 closed the control connection: it is stopping, or was restarted; try again\n", result.Error);
    }

    [Fact]
    public async Task Json_is_an_object_a_line()
    {
        using var pid1 = new FakePid1(new ControlReply { Lines = [new("bgpd", "out", Time, "a \"quoted\" word\e"), new("bgpd", "err", Time, "två")] });
        var lines = (await pid1.AskAsync("logs", "--json")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        var first = JsonDocument.Parse(lines[0]).RootElement;
        Assert.Equal("a \"quoted\" word\e", first.GetProperty("text").GetString());
        Assert.Equal("bgpd", first.GetProperty("service").GetString());
        Assert.Equal("out", first.GetProperty("stream").GetString());
        Assert.Equal(Time, first.GetProperty("time").GetInt64());
        Assert.DoesNotContain('\e', lines[0]);
        Assert.Contains("två", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_lines_than_are_in_memory_come_from_the_files()
    {
        var folder = Directory.CreateTempSubdirectory("meduza-test-").FullName;
        try
        {
            File.WriteAllLines(Path.Combine(folder, "bgpd.out.log.2"), ["1", "2"]);
            File.WriteAllLines(Path.Combine(folder, "bgpd.out.log.1"), ["3", "4"]);
            File.WriteAllLines(Path.Combine(folder, "bgpd.out.log"), ["5", "6", "7"]);
            using var pid1 = new FakePid1(new ControlReply { Lines = [new("bgpd", "out", Time, "6"), new("bgpd", "out", Time, "7")] })
            {
                LogFolder = folder,
            };
            var result = await pid1.AskAsync("logs", "-n", "5", "bgpd");
            Assert.Equal(["3", "4", "5", "6", "7"], result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(": ")[1]));
            Assert.StartsWith("older                    bgpd: 3\n", result.Output, StringComparison.Ordinal);
            Assert.Equal(7, (await pid1.AskAsync("logs", "-n", "100", "bgpd")).Output.Count(c => c == '\n'));
            Assert.Equal(2, (await pid1.AskAsync("logs", "-n", "2", "bgpd")).Output.Count(c => c == '\n'));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
