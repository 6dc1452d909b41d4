using Meduza.Linux.Process;

namespace Meduza.Lab.Supervision;

/// <summary>Exit statuses and orphans, as PID 1 of a pid namespace.</summary>
public sealed class ReapingTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Two_hundred_short_lived_children_all_have_their_own_exit_status()
    {
        for (var i = 0; i < 200; i++)
            _machine.Define($"s{i}", $"exit {i}");

        Machine.Until(() => _machine.Status().Values.All(s => (string)s["name"]! == "agent" || s["last_exit"] is not null), "exit of all");

        var status = _machine.Status();
        Assert.All(Enumerable.Range(0, 200), i => Assert.Equal($"exit {i}", (string?)status[$"s{i}"]["last_exit"]));
    }

    [Fact]
    public void Children_that_signals_end_are_told_apart_from_those_that_exit()
    {
        int[] signals = [1, 2, 3, 6, 9, 11, 13, 14, 15];
        foreach (var signal in signals)
            _machine.Define($"s{signal}", $"kill -{signal} $$; exit 99");

        Machine.Until(() => signals.All(s => _machine.LastExit($"s{s}") is not null), "exit of all");

        Assert.All(signals, s => Assert.Equal($"signal {s} ({Signals.Name(s)})", _machine.LastExit($"s{s}")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ten_thousand_orphans_leave_no_zombie_also_while_the_agent_is_dead(bool withoutAgent)
    {
        if (withoutAgent)
            _machine.Ask(new() { ["verb"] = "stop", ["services"] = new System.Text.Json.Nodes.JsonArray("agent") });

        // By the thousand, which even a slow machine makes within the patience of one command.
        for (var thousand = 1; thousand <= 10; thousand++)
        {
            var made = _machine.Init.Run("sh", "-c", "i=0; while [ $i -lt 1000 ]; do ( (exit 7) & ); i=$((i+1)); done; echo made");
            Assert.Equal("made\n", made.Output);
        }
        var known = withoutAgent ? 1 : 2;
        Machine.Until(() => _machine.Init.Processes().Count == known, "end of all orphans");
    }

    [Fact]
    public void Orphans_of_a_service_that_died_do_not_live_on()
    {
        _machine.Define("a", "setsid sleep 1111 & sleep 1112 & (setsid sh -c 'setsid sleep 1113 & exec sleep 1114' &); sleep 0.2; kill -9 $$");
        Machine.Until(() => _machine.LastExit("a") == "signal 9 (SIGKILL)", "death of a");
        _machine.Ask(new() { ["verb"] = "stop", ["services"] = new System.Text.Json.Nodes.JsonArray("a") });

        Machine.Until(() => !_machine.Init.Processes().Any(p => p.Name == "sleep"), "end of its orphans");
    }

    [Fact]
    public void A_stop_takes_also_those_that_left_the_session()
    {
        _machine.Define("a", "setsid sleep 1111 & (setsid sh -c 'setsid sleep 1113 & exec sleep 1114' &); exec sleep 1115");
        Machine.Until(() => _machine.Init.Processes().Count(p => p.Name == "sleep") == 4, "four sleepers");

        _machine.Ask(new() { ["verb"] = "stop", ["services"] = new System.Text.Json.Nodes.JsonArray("a") });

        Machine.Until(() => !_machine.Init.Processes().Any(p => p.Name == "sleep"), "end of all of them");
    }

    [Fact]
    public void A_stray_of_one_service_is_not_killed_with_another()
    {
        _machine.Define("a", "setsid sleep 1111 & exec sleep 1112");
        _machine.Define("ab", "setsid sleep 1113 & exec sleep 1114");
        Machine.Until(() => _machine.Init.Processes().Count(p => p.Name == "sleep") == 4, "four sleepers");

        _machine.Ask(new() { ["verb"] = "stop", ["services"] = new System.Text.Json.Nodes.JsonArray("a") });

        Machine.Until(() => _machine.Running("sleep 1111").Count == 0, "end of a's");
        Assert.Single(_machine.Running("sleep 1113"));
        Assert.Single(_machine.Running("sleep 1114"));
    }
}
