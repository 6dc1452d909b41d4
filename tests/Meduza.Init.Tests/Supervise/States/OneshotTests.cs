using Meduza.Gateway.Render;
using Meduza.Init.Supervise.States;

namespace Meduza.Init.Tests.Supervise.States;

/// <summary>Services that do their work and end, and the limit of every start.</summary>
public sealed class OneshotTests
{
    private readonly SupervisorBench _bench = new();

    private static ServiceDefinition Oneshot(string name, params string[] required) =>
        SupervisorBench.Requiring(name, required) with { Kind = ServiceKind.Oneshot };

    private void Complete(ServiceDefinition definition)
    {
        _bench.Define(definition);
        _bench.Execute(definition.Name);
        _bench.Exit(definition.Name);
    }

    [Fact]
    public void It_is_completed_when_it_ended_well_and_rests()
    {
        _bench.Define(Oneshot("a"));
        _bench.Execute("a");
        Assert.Equal((ServiceState.Starting, "its end"), (_bench.State("a"), _bench["a"].WaitingFor));

        _bench.Exit("a");

        Assert.Equal((ServiceState.Completed, 0, "exit 0"), (_bench.State("a"), _bench["a"].Pid, _bench["a"].LastExit));
        Assert.Null(_bench.Timers.UntilNext());
    }

    [Fact]
    public void Who_requires_it_or_starts_after_it_waits_for_its_end()
    {
        _bench.Define(Oneshot("a"));
        _bench.Define(Oneshot("b", "a"));
        _bench.Define("c", "b");
        _bench.Execute("a");
        Assert.Equal(ServiceState.Waiting, _bench.State("b"));

        _bench.Exit("a");
        _bench.Execute("b");
        Assert.Equal(ServiceState.Waiting, _bench.State("c"));
        _bench.Exit("b");

        Assert.Equal(ServiceState.Starting, _bench.State("c"));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 9)]
    public void Any_other_end_is_a_quick_failure_however_long_it_ran(int code, int signal)
    {
        _bench.Define(Oneshot("a"));
        _bench.Execute("a");
        _bench.Pass(30);

        _bench.Exit("a", code, signal);

        Assert.Equal(ServiceState.Backoff, _bench.State("a"));
        _bench.Pass(0.5);
        Assert.Equal(ServiceState.Starting, _bench.State("a"));
    }

    [Fact]
    public void A_stage_that_failed_is_no_completion()
    {
        _bench.Define(Oneshot("a"));
        _bench.Process("a").Failure = "exit 0 before its program was executed";

        _bench.Exit("a");

        Assert.Equal(ServiceState.Backoff, _bench.State("a"));
    }

    [Fact]
    public void An_equal_definition_does_not_run_it_again_and_another_does()
    {
        Complete(Oneshot("a"));

        Assert.Equal(DefineActions.Unchanged, _bench.Supervisor.Define(Oneshot("a")));
        Assert.Single(_bench.Processes.Started);
        Assert.Equal(DefineActions.Restarted, _bench.Supervisor.Define(Oneshot("a") with { Revision = "2" }));

        Assert.Equal(2, _bench.Processes.Started.Count);
    }

    [Fact]
    public void A_start_does_not_run_it_again_and_a_restart_does()
    {
        Complete(Oneshot("a"));

        _bench["a"].Start();
        Assert.Equal(ServiceState.Completed, _bench.State("a"));
        _bench["a"].Restart();

        Assert.Equal(ServiceState.Starting, _bench.State("a"));
    }

    [Fact]
    public void Stopped_it_is_down_and_started_it_runs_again()
    {
        Complete(Oneshot("a"));

        _bench["a"].Stop();
        Assert.Equal(ServiceState.Down, _bench.State("a"));
        _bench["a"].Start();

        Assert.Equal(ServiceState.Starting, _bench.State("a"));
    }

    [Fact]
    public void A_completed_one_runs_again_when_what_it_requires_is_another_process()
    {
        _bench.Up("base");
        Complete(Oneshot("a", "base"));

        _bench.Exit("base", signal: 9);
        Assert.Equal(ServiceState.Waiting, _bench.State("a"));
        _bench.Pass(0.5);
        _bench.Execute("base");

        Assert.Equal(ServiceState.Starting, _bench.State("a"));
    }

    [Fact]
    public void Who_requires_it_starts_anew_when_it_ran_again()
    {
        Complete(Oneshot("a"));
        _bench.Up(SupervisorBench.Requiring("b", "a"));

        _bench["a"].Restart();
        _bench.Exit("a");
        _bench.Exit("b");

        Assert.Equal((ServiceState.Completed, ServiceState.Starting), (_bench.State("a"), _bench.State("b")));
    }

    [Fact]
    public void Earlier_failures_are_forgotten_when_it_completed()
    {
        _bench.Define(Oneshot("a"));
        for (var i = 0; i < 4; i++)
        {
            _bench.Exit("a", code: 1);
            _bench.Pass(10);
        }
        _bench.Exit("a");
        _bench["a"].Restart();

        _bench.Exit("a", code: 1);

        Assert.Equal(ServiceState.Backoff, _bench.State("a"));
    }

    [Fact]
    public void One_that_does_not_end_is_stopped_at_its_start_time_out_and_that_is_a_failure()
    {
        _bench.Define(Oneshot("a") with { StartTimeoutMilliseconds = 5000 });
        _bench.Execute("a");
        _bench.Pass(5);
        Assert.Equal(ServiceState.Stopping, _bench.State("a"));

        _bench.Exit("a", signal: 15);

        Assert.Equal((ServiceState.Backoff, "not done within 5 s (signal 15 (SIGTERM))"), (_bench.State("a"), _bench["a"].LastExit));
    }

    [Fact]
    public void A_daemon_that_does_not_become_ready_is_stopped_and_fails_quickly_though_it_ran_long()
    {
        _bench.Define(SupervisorBench.Definition("a") with { Readiness = new(ReadinessKind.File, "/run/a") });
        for (var i = 1; i <= 5; i++)
        {
            _bench.Execute("a");
            _bench.Pass(60);
            Assert.Equal(ServiceState.Stopping, _bench.State("a"));
            _bench.Exit("a");
            Assert.Equal(i < 5 ? ServiceState.Backoff : ServiceState.Failing, _bench.State("a"));
            _bench.Pass(8);
        }
        Assert.Equal("not ready within 60 s (exit 0)", _bench["a"].LastExit);
    }

    [Fact]
    public void The_limit_of_a_start_never_meets_a_process_that_is_ready_or_the_next_one()
    {
        _bench.Define(SupervisorBench.Definition("a") with { StartTimeoutMilliseconds = 5000 });
        _bench.Pass(3);
        _bench.Execute("a");
        _bench.Pass(100);
        Assert.Equal(ServiceState.Ready, _bench.State("a"));

        _bench["a"].Restart();
        _bench.Exit("a");
        _bench.Pass(4.9);

        Assert.Equal(ServiceState.Starting, _bench.State("a"));
    }

    [Fact]
    public void Without_a_limit_it_may_take_as_long_as_it_takes()
    {
        _bench.Define(Oneshot("a") with { StartTimeoutMilliseconds = -1 });

        _bench.Pass(TimeSpan.FromDays(10));

        Assert.Equal(ServiceState.Starting, _bench.State("a"));
    }

    [Fact]
    public void A_restart_during_the_stop_for_a_failure_is_no_failure_any_more()
    {
        _bench.Define(SupervisorBench.Definition("a") with { StartTimeoutMilliseconds = 5000 });
        _bench.Pass(5);

        _bench["a"].Restart();
        _bench.Exit("a");

        Assert.Equal(ServiceState.Starting, _bench.State("a"));
    }

    [Fact]
    public void A_stop_during_the_stop_for_a_failure_keeps_it_down()
    {
        _bench.Define(SupervisorBench.Definition("a") with { StartTimeoutMilliseconds = 5000 });
        _bench.Pass(5);

        _bench["a"].Stop();
        _bench.Exit("a");
        _bench.Pass(1000);

        Assert.Equal(ServiceState.Down, _bench.State("a"));
    }
}
