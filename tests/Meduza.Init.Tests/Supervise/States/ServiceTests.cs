using Meduza.Gateway.Render;
using Meduza.Init.Supervise.States;

namespace Meduza.Init.Tests.Supervise.States;

/// <summary>The state machine of one service.</summary>
public sealed class ServiceTests
{
    private readonly SupervisorBench _bench = new();

    private static Readiness Socket { get; } = new(ReadinessKind.UnixSocket, "/run/a");

    [Fact]
    public void It_is_ready_when_its_program_was_executed()
    {
        var service = _bench.Define("a");
        Assert.Equal(ServiceState.Starting, service.State);

        _bench.Execute("a");

        Assert.Equal(["a Waiting", "a Starting", "a Ready"], _bench.States);
    }

    [Fact]
    public void With_a_sign_of_readiness_it_is_ready_when_that_shows()
    {
        _bench.Supervisor.Define(SupervisorBench.Definition("a") with { Readiness = Socket });
        _bench.Pass(30);
        Assert.Equal(0, _bench.Processes.OpenProbes); // nothing is probed before the program runs
        _bench.Execute("a");
        _bench.Pass(29);
        Assert.Equal(ServiceState.Starting, _bench.State("a"));

        _bench.Processes.ReadyTargets.Add("/run/a");
        _bench.Pass(0.2);

        Assert.Equal(ServiceState.Ready, _bench.State("a"));
        Assert.Equal(0, _bench.Processes.OpenProbes);
        Assert.Null(_bench.Timers.UntilNext()); // and nothing is probed after it
    }

    [Fact]
    public void The_first_looks_come_quickly()
    {
        _bench.Supervisor.Define(SupervisorBench.Definition("a") with { Readiness = Socket });
        _bench.Execute("a");
        _bench.Processes.ReadyTargets.Add("/run/a");

        _bench.Pass(0.005);

        Assert.Equal(ServiceState.Ready, _bench.State("a"));
    }

    [Fact]
    public void Readiness_is_lost_with_the_process_and_gained_anew()
    {
        _bench.Supervisor.Define(SupervisorBench.Definition("a") with { Readiness = Socket });
        _bench.Processes.ReadyTargets.Add("/run/a");
        _bench.Execute("a");
        _bench.Pass(11);
        _bench.Processes.ReadyTargets.Clear();
        var lost = new List<string>();
        _bench.Supervisor.Lost += service => lost.Add($"{service.Name}: {service.LastExit}");

        _bench.Exit("a", signal: 9);
        Assert.Equal(ServiceState.Starting, _bench.State("a")); // at once: it had run long
        _bench.Execute("a");
        _bench.Pass(10);
        Assert.Equal(ServiceState.Starting, _bench.State("a"));
        _bench.Processes.ReadyTargets.Add("/run/a");
        _bench.Pass(1);

        Assert.Equal(ServiceState.Ready, _bench.State("a"));
        Assert.Equal(1, _bench["a"].Restarts);
        Assert.Equal("signal 9 (SIGKILL)", _bench["a"].LastExit);
        Assert.Equal(["a: signal 9 (SIGKILL)"], lost);
    }

    [Fact]
    public void A_program_that_cannot_be_executed_backs_off_from_the_first_failure()
    {
        _bench.Define("a");
        _bench.Process("a").Failure = "/bin/a: no such file";

        _bench.Exit("a", code: 127);

        Assert.Equal(ServiceState.Backoff, _bench.State("a"));
        Assert.Equal("/bin/a: no such file", _bench["a"].LastExit);
        _bench.Pass(0.49);
        Assert.Single(_bench.Processes.Started);
        _bench.Pass(0.01);
        Assert.Equal(2, _bench.Processes.Started.Count);
    }

    [Fact]
    public void After_five_quick_failures_it_is_failing_and_the_retries_go_on()
    {
        _bench.Define("a");
        for (var i = 0; i < 5; i++)
        {
            _bench.Exit("a", code: 1);
            if (i < 4)
                _bench.Pass(8);
        }
        Assert.Equal(ServiceState.Failing, _bench.State("a"));

        for (var i = 0; i < 100; i++)
        {
            var before = _bench.Processes.Started.Count;
            var next = Assert.NotNull(_bench.Timers.UntilNext());
            Assert.InRange(next.TotalSeconds, 30, 60);
            _bench.Pass(next);
            Assert.Equal(before + 1, _bench.Processes.Started.Count);
            _bench.Exit("a", code: 1);
            Assert.Equal(ServiceState.Failing, _bench.State("a"));
        }
    }

    [Fact]
    public void A_process_that_cannot_be_made_is_a_failure_like_any_other()
    {
        _bench.Processes.NoMore = 11; // EAGAIN

        _bench.Define("a");

        Assert.Equal(ServiceState.Backoff, _bench.State("a"));
        Assert.StartsWith("cannot be started: spawn /bin/a:", _bench["a"].LastExit, StringComparison.Ordinal);
        _bench.Processes.NoMore = 0;
        _bench.Pass(1);
        Assert.Equal(ServiceState.Starting, _bench.State("a"));
    }

    [Fact]
    public void Stopping_asks_with_the_stop_signal_and_kills_after_the_limit()
    {
        _bench.Supervisor.Define(SupervisorBench.Definition("a") with { StopSignal = 2, StopTimeoutMilliseconds = 3000 });
        _bench.Execute("a");
        var process = _bench.Process("a");

        _bench["a"].Stop();
        _bench.Pass(2.999);
        Assert.Equal([2], process.Got);
        Assert.False(process.Killed);
        _bench.Pass(0.001);

        Assert.True(process.Killed);
        Assert.Equal(ServiceState.Stopping, _bench.State("a"));
        _bench.Exit("a", signal: 9);
        Assert.Equal(ServiceState.Down, _bench.State("a"));
        _bench.Pass(1000);
        Assert.Single(_bench.Processes.Started);
    }

    [Fact]
    public void A_process_that_ends_in_time_is_not_killed()
    {
        _bench.Up("a");
        var process = _bench.Process("a");
        _bench["a"].Stop();
        _bench.Exit("a");

        _bench.Pass(60);

        Assert.False(process.Killed);
    }

    [Fact]
    public void The_kill_of_one_process_never_meets_the_next()
    {
        _bench.Up("a");
        _bench["a"].Restart();
        _bench.Pass(9.9);
        _bench.Exit("a");
        _bench.Execute("a");

        _bench.Pass(60);

        Assert.False(_bench.Process("a").Killed);
        Assert.Equal(ServiceState.Ready, _bench.State("a"));
    }

    [Fact]
    public void A_retry_whose_reason_is_gone_does_not_happen()
    {
        _bench.Define("a");
        _bench.Exit("a", code: 1);
        _bench["a"].Stop();

        _bench.Pass(1000);

        Assert.Equal(ServiceState.Down, _bench.State("a"));
        Assert.Single(_bench.Processes.Started);
    }

    [Fact]
    public void A_start_by_hand_does_not_wait_for_the_retry_and_is_no_restart_in_the_count()
    {
        _bench.Define("a");
        _bench.Exit("a", code: 1);

        _bench["a"].Start();

        Assert.Equal(ServiceState.Starting, _bench.State("a"));
        Assert.Equal(0, _bench["a"].Restarts);
        _bench.Pass(100);
        Assert.Equal(2, _bench.Processes.Started.Count);
    }

    [Fact]
    public void A_start_while_it_stops_brings_it_back()
    {
        _bench.Up("a");
        _bench["a"].Stop();
        _bench["a"].Start();
        Assert.Equal(ServiceState.Stopping, _bench.State("a"));

        _bench.Exit("a");

        Assert.Equal(ServiceState.Starting, _bench.State("a"));
    }

    [Fact]
    public void A_stop_while_it_restarts_keeps_it_down()
    {
        _bench.Up("a");
        _bench["a"].Restart();
        _bench["a"].Stop();

        _bench.Exit("a");

        Assert.Equal(ServiceState.Down, _bench.State("a"));
    }

    [Fact]
    public void Word_of_an_execution_that_comes_during_the_stop_changes_nothing()
    {
        _bench.Define("a");
        _bench["a"].Stop();

        _bench.Execute("a");

        Assert.Equal(ServiceState.Stopping, _bench.State("a"));
    }

    [Fact]
    public void The_exit_of_a_stranger_changes_nothing()
    {
        _bench.Up("a");

        _bench.Supervisor.Exited(new(99_999, 1, 0));

        Assert.Equal(ServiceState.Ready, _bench.State("a"));
    }

    [Fact]
    public void Uptime_and_start_are_those_of_the_present_process()
    {
        _bench.Up("a");
        _bench.Pass(5);

        var status = _bench.Supervisor.Status(_bench["a"]);
        Assert.Equal(5000, status.UptimeMilliseconds);
        Assert.Equal(TimeSpan.FromHours(1).TotalNanoseconds, status.StartedAt);
        _bench["a"].Stop();
        _bench.Exit("a");

        status = _bench.Supervisor.Status(_bench["a"]);
        Assert.Equal((0L, 0L, 0), (status.UptimeMilliseconds, status.StartedAt, status.Pid));
    }
}
