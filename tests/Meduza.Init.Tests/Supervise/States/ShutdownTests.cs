using Meduza.Init.Supervise.States;

namespace Meduza.Init.Tests.Supervise.States;

public sealed class ShutdownTests
{
    private readonly SupervisorBench _bench = new();
    private int _done;

    private void Shutdown()
    {
        _bench.Processes.Story.Clear();
        _bench.Supervisor.Shutdown(() => _done++);
    }

    private void UpAt(double seconds, string name, params string[] after)
    {
        _bench.Pass(seconds);
        _bench.Up(name, after);
    }

    [Fact]
    public void Services_end_in_the_reverse_order_of_their_start()
    {
        UpAt(1, "a");
        UpAt(1, "b");
        UpAt(1, "c");

        Shutdown();
        Assert.Equal(["signal c 15"], _bench.Processes.Story);
        _bench.Exit("c");
        _bench.Exit("b");
        Assert.Equal(0, _done);
        _bench.Exit("a");

        Assert.Equal(["signal c 15", "signal b 15", "signal a 15"], _bench.Processes.Story);
        Assert.Equal(1, _done);
    }

    [Fact]
    public void One_that_takes_its_time_holds_up_only_what_it_works_on()
    {
        UpAt(1, "zebra");
        UpAt(1, "stranger");
        UpAt(1, "bgpd", "zebra");

        Shutdown();
        _bench.Pass(5);
        Assert.Equal(["signal bgpd 15", "signal stranger 15"], _bench.Processes.Story);
        _bench.Exit("bgpd");
        _bench.Pass(1);

        Assert.Contains("signal zebra 15", _bench.Processes.Story);
    }

    [Fact]
    public void One_that_ignores_its_signal_is_killed_at_its_limit()
    {
        UpAt(1, "a");

        Shutdown();
        _bench.Pass(10);

        Assert.Equal(["signal a 15", "kill a"], _bench.Processes.Story);
        _bench.Exit("a", signal: 9);
        Assert.Equal(1, _done);
    }

    [Fact]
    public void However_many_ignore_their_signals_it_is_over_in_thirty_seconds()
    {
        UpAt(1, "s0");
        for (var i = 1; i < 20; i++)
            UpAt(1, $"s{i}", $"s{i - 1}");

        Shutdown();
        _bench.Pass(26); // not even SIGKILL ends them

        Assert.Equal(1, _done);
        Assert.Equal(20, _bench.Processes.Story.Where(s => s.StartsWith("kill", StringComparison.Ordinal)).Distinct().Count());
    }

    [Fact]
    public void Nothing_starts_any_more()
    {
        UpAt(1, "a");
        _bench.Define("b");
        _bench.Exit("b", code: 1);
        _bench.Define("c", "b");

        Shutdown();
        Assert.Equal(DefineActions.Unchanged, _bench.Supervisor.Define(SupervisorBench.Definition("d")));
        _bench.Pass(9);
        _bench.Exit("a");
        _bench.Pass(1000);

        Assert.DoesNotContain(_bench.Processes.Story, s => s.StartsWith("start", StringComparison.Ordinal));
        Assert.Equal(1, _done);
    }

    [Fact]
    public void A_service_that_is_being_restarted_ends_for_good()
    {
        UpAt(1, "a");
        _bench["a"].Restart();

        Shutdown();
        _bench.Exit("a");

        Assert.Equal(ServiceState.Down, _bench.State("a"));
        Assert.Equal(1, _done);
    }

    [Fact]
    public void Without_a_process_it_is_over_at_once()
    {
        Shutdown();
        Shutdown();

        Assert.Equal(1, _done);
    }
}
