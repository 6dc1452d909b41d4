using Meduza.Linux.Process;

namespace Meduza.Linux.Tests.Process;

public sealed class CommandTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void Output_error_and_status_come_back()
    {
        var result = Command.Run("/bin/sh", ["-c", "echo out; echo err >&2; exit 3"], Limit);

        Assert.Equal(new CommandResult(3, "out\n", "err\n"), result);
    }

    [Fact]
    public void A_program_without_a_slash_is_looked_up() => Assert.Equal("x\n", Command.Run("echo", ["x"], Limit).Output);

    [Fact]
    public void A_signal_is_128_and_its_number() =>
        Assert.Equal(128 + 9, Command.Run("/bin/sh", ["-c", "kill -9 $$"], Limit).ExitCode);

    [Fact]
    public void Input_larger_than_a_pipe_goes_through()
    {
        var input = new string('x', 1 << 20);

        Assert.Equal(input, Command.Run("/bin/cat", [], Limit, input).Output);
    }

    [Fact]
    public void Input_that_nobody_reads_is_no_error() =>
        Assert.Equal(0, Command.Run("/bin/true", [], Limit, new string('x', 1 << 20)).ExitCode);

    [Fact]
    public void The_environment_is_the_given_one() =>
        Assert.Equal("A=1\n", Command.Run("/usr/bin/env", [], Limit, environment: ["A=1"]).Output);

    [Fact]
    [Trait("Emulated", "no")] // a program that is missing is told by QEMU's user mode as one that failed
    public void A_missing_program_is_named()
    {
        var error = Assert.Throws<LinuxException>(() => Command.Run("/no/such/program", [], Limit));

        Assert.Equal("/no/such/program", error.Subject);
        Assert.Equal(2, error.Errno);
    }

    [Fact]
    public void A_process_left_in_the_background_does_not_hold_the_result() =>
        Assert.Equal("done\n", Command.Run("/bin/sh", ["-c", "sleep 60 & echo $! >&2; echo done"], Limit).Also(r =>
            Signals.Send(int.Parse(r.Error, null), 9)).Output);

    [Fact]
    public void One_that_takes_too_long_is_killed_with_its_group()
    {
        var error = Assert.Throws<TimeoutException>(
            () => Command.Run("/bin/sh", ["-c", "sleep 600 & echo $!; wait"], TimeSpan.FromMilliseconds(300)));

        var child = int.Parse(error.Message.Split("output: ")[1].Split('\n')[0], null);
        Assert.True(Await(() => !File.Exists($"/proc/{child}/cmdline") || File.ReadAllText($"/proc/{child}/cmdline").Length == 0));
    }

    [Fact]
    public void Lines_of_a_running_program_can_be_awaited()
    {
        using var cat = Command.Start("/bin/sh", ["-c", "echo one; echo two >&2; exec sleep 600"]);

        Assert.Equal("two", cat.WaitForLine(l => l == "two", Limit));
        Assert.Equal("one", cat.WaitForLine(l => l == "one", Limit));
        Assert.True(cat.Kill(15));
        Assert.Equal(new Exit(cat.Pid, 0, 15), cat.Wait(Limit));
        Assert.False(cat.Kill(15));
    }

    [Fact]
    public void A_last_line_without_its_end_is_kept()
    {
        using var printf = Command.Start("printf", ["a\\nb"]);

        printf.Wait(Limit);

        Assert.Equal(["a", "b"], printf.Lines);
    }

    [Fact]
    public void A_line_that_never_comes_is_known_at_the_program_s_end()
    {
        using var echo = Command.Start("echo", ["x"]);

        Assert.Throws<TimeoutException>(() => echo.WaitForLine(l => l == "y", Limit));
    }

    private static bool Await(Func<bool> condition)
    {
        for (var end = Environment.TickCount64 + 30_000; Environment.TickCount64 < end; Thread.Sleep(5))
        {
            if (condition())
                return true;
        }
        return false;
    }
}

internal static class Chain
{
    public static T Also<T>(this T value, Action<T> act)
    {
        act(value);
        return value;
    }
}
