using System.Text.Json.Nodes;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Supervision;

/// <summary>The end, with children that do not want it: at most 30 s, exit code 0, nothing left.</summary>
public sealed class ShutdownTests
{
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(30);

    [Fact]
    public void Ten_that_ignore_the_signal_have_no_more_time_together_than_one()
    {
        using var machine = new Machine();
        for (var i = 0; i < 10; i++)
        {
            machine.Define($"s{i}", ["/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 1000; done"], d =>
            {
                d["stop_timeout_milliseconds"] = 60_000;
                if (i > 0)
                    d["after"] = new JsonArray($"s{i - 1}");
            });
        }
        Machine.Until(() => machine.Init.Output.Split('\n').Count(l => l.EndsWith(": up", StringComparison.Ordinal)) == 10, "trap of all");

        Assert.Equal(0, machine.Init.Stop(Promise).ShellCode);

        Assert.Contains("meduza-init: stopped\n", machine.Init.Output, StringComparison.Ordinal);
        Assert.Empty(machine.Init.Processes());
    }

    [Fact]
    public void Those_who_answer_the_signal_with_more_of_themselves_end_all_the_same()
    {
        using var machine = new Machine();
        // One leaves children in its group, its session, and in sessions of their own with and without the mark.
        machine.Define("forks", "trap 'sleep 1111 & setsid sleep 1112 & env -i /usr/bin/setsid /bin/sleep 1113 & exit 0' TERM; echo up; while :; do sleep 1000 & wait; done");
        // The other begins anew, out of its session and with nothing in its environment, whenever it is asked to end.
        machine.Init.Run("sh", "-c", "printf '%s\\n' '#!/bin/sh' \"trap 'env -i /usr/bin/setsid /tmp/phoenix & exit 0' TERM\" 'while :; do sleep 0.1; done' > /tmp/phoenix; chmod +x /tmp/phoenix");
        machine.Define("phoenix", "env -i /usr/bin/setsid /tmp/phoenix & exec sleep 1114");
        machine.Init.WaitForOutput(l => l == "forks: up");
        Machine.Until(() => machine.Running("/bin/sh /tmp/phoenix").Count == 1, "phoenix");

        Assert.Equal(0, machine.Init.Stop(Promise).ShellCode);

        Assert.Empty(machine.Init.Processes());
    }

    [Fact]
    public void A_stop_under_way_and_a_second_signal_change_nothing_of_it()
    {
        using var machine = new Machine();
        machine.Define("other", "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 1000 & wait; done");
        machine.Define("stuck", ["/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 1000; done"], d => d["stop_timeout_milliseconds"] = 60_000);
        Machine.Until(() => machine.Init.Output.Split('\n').Count(l => l.EndsWith(": up", StringComparison.Ordinal)) == 2, "trap of both");
        using var operators = machine.Init.StartInside("meduza", "stop", "stuck");
        machine.UntilState("stuck", "stopping");

        machine.Init.Signal(15);
        machine.Init.WaitForOutput(l => l == "other: bye");
        machine.Init.Signal(15);
        machine.Init.Signal(2);

        Assert.Equal(0, machine.Init.Wait(Promise).ShellCode);
        Assert.Single(machine.Init.Output.Split('\n'), l => l.StartsWith("meduza-init: stopping on", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_started_or_defined_once_it_ends()
    {
        using var machine = new Machine();
        machine.Define("stuck", ["/bin/sh", "-c", "trap '' TERM; echo up; while :; do sleep 1000; done"], d => d["stop_timeout_milliseconds"] = 3_000);
        machine.Define("flaky", "exit 1");
        machine.Init.WaitForOutput(l => l == "stuck: up");

        machine.Init.Signal(15);
        machine.UntilState("stuck", "stopping");

        Assert.Contains("shutting down", Assert.Throws<LabException>(() => machine.Define("late", "exit 0")).Message, StringComparison.Ordinal);
        Assert.Equal("down", machine.State("flaky"));
        Assert.Equal(0, machine.Init.Wait(Promise).ShellCode);
    }
}
