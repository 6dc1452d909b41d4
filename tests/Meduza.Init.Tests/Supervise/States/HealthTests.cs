using Meduza.Gateway.Render;
using Meduza.Init.Supervise.States;

namespace Meduza.Init.Tests.Supervise.States;

/// <summary>Readiness that is lost and gained while the process lives.</summary>
public sealed class HealthTests
{
    private const string Sign = "/run/a.health";

    private readonly SupervisorBench _bench = new();

    private static ServiceDefinition Checked { get; } = SupervisorBench.Definition("a") with
    {
        Health = new(new Readiness(ReadinessKind.File, Sign)) { IntervalMilliseconds = 5000, FailureThreshold = 3, SuccessThreshold = 2 },
    };

    private static ServiceDefinition ByAgent { get; } = SupervisorBench.Definition("a") with { Readiness = new(ReadinessKind.Agent, "") };

    private void UpAndWell(ServiceDefinition? definition = null)
    {
        _bench.Processes.ReadyTargets.Add(Sign);
        _bench.Up(definition ?? Checked);
    }

    [Fact]
    public void Without_a_check_nothing_is_ever_looked_at()
    {
        _bench.Up("a");

        Assert.Null(_bench.Timers.UntilNext());
        Assert.Equal(0, _bench.Processes.OpenProbes);
    }

    [Fact]
    public void A_good_one_stays_ready_and_no_look_is_left_open()
    {
        UpAndWell();

        _bench.Pass(100);

        Assert.Equal(ServiceState.Ready, _bench.State("a"));
        Assert.Equal(0, _bench.Processes.OpenProbes);
        Assert.Equal(["a Waiting", "a Starting", "a Ready"], _bench.States);
    }

    [Fact]
    public void Three_failures_make_it_unhealthy_and_two_successes_ready_again()
    {
        UpAndWell();
        _bench.Processes.ReadyTargets.Clear();
        _bench.Pass(16.9); // checks at 5, 11 and 17 s: each takes its time-out of 1 s
        Assert.Equal(ServiceState.Ready, _bench.State("a"));
        _bench.Pass(1.2);
        Assert.Equal((ServiceState.Unhealthy, "file " + Sign), (_bench.State("a"), _bench["a"].WaitingFor));
        Assert.False(_bench["a"].IsUp);

        _bench.Processes.ReadyTargets.Add(Sign);
        _bench.Pass(5);
        Assert.Equal(ServiceState.Unhealthy, _bench.State("a"));
        _bench.Pass(5);

        Assert.Equal((ServiceState.Ready, 1), (_bench.State("a"), _bench["a"].Serial));
    }

    [Fact]
    public void Where_it_says_so_an_unhealthy_one_is_restarted_by_the_policy()
    {
        UpAndWell(Checked with { Health = Checked.Health! with { Restart = true } });
        _bench.Processes.ReadyTargets.Clear();
        _bench.Pass(18.1);
        Assert.Equal(ServiceState.Stopping, _bench.State("a"));

        _bench.Exit("a", signal: 15);

        Assert.Equal(ServiceState.Starting, _bench.State("a")); // it had run long
        Assert.Equal("unhealthy: no file /run/a.health (signal 15 (SIGTERM))", _bench["a"].LastExit);
        Assert.Equal(1, _bench["a"].Restarts);
    }

    [Fact]
    public void Health_is_that_of_one_process_and_counts_anew_for_the_next()
    {
        UpAndWell();
        _bench.Processes.ReadyTargets.Clear();
        _bench.Pass(12.1); // two failures
        _bench.Exit("a", code: 1);
        _bench.Execute("a");

        _bench.Pass(12.1);

        Assert.Equal(ServiceState.Ready, _bench.State("a"));
        Assert.InRange(_bench.Processes.OpenProbes, 0, 1);
    }

    [Fact]
    public void A_check_whose_process_is_gone_does_not_happen()
    {
        UpAndWell();
        _bench.Processes.ReadyTargets.Clear();
        _bench.Pass(5.5); // in the middle of one
        Assert.Equal(1, _bench.Processes.OpenProbes);
        _bench["a"].Stop();
        Assert.Equal(0, _bench.Processes.OpenProbes);

        _bench.Exit("a");
        _bench.Pass(100);

        Assert.Equal(ServiceState.Down, _bench.State("a"));
        Assert.Null(_bench.Timers.UntilNext());
    }

    [Fact]
    public void Dependants_of_an_unhealthy_one_go_on_and_say_so_and_nobody_new_starts()
    {
        UpAndWell();
        _bench.Up(SupervisorBench.Requiring("top", "a"));
        _bench.Processes.ReadyTargets.Clear();
        _bench.Pass(18.1);

        Assert.Equal((ServiceState.Ready, "a (unhealthy)"), (_bench.State("top"), _bench["top"].WaitingFor));
        _bench.Define(SupervisorBench.Requiring("late", "a"));
        _bench.Define("after", "a");
        Assert.Equal((ServiceState.Waiting, ServiceState.Starting), (_bench.State("late"), _bench.State("after")));

        _bench.Processes.ReadyTargets.Add(Sign);
        _bench.Pass(11);
        Assert.Equal((ServiceState.Ready, null), (_bench.State("top"), _bench["top"].WaitingFor));
        Assert.Equal(ServiceState.Starting, _bench.State("late"));
    }

    [Fact]
    public void An_unhealthy_one_ends_like_any_other()
    {
        UpAndWell();
        _bench.Processes.ReadyTargets.Clear();
        _bench.Pass(18.1);

        _bench["a"].Stop();

        Assert.Equal([15], _bench.Process("a").Got);
        _bench.Exit("a");
        Assert.Equal(ServiceState.Down, _bench.State("a"));
    }

    [Fact]
    public void One_that_the_agent_looks_at_is_ready_by_its_word_and_not_ready_by_its_word()
    {
        _bench.Define(ByAgent);
        _bench.Execute("a");
        _bench.Pass(30);
        Assert.Equal((ServiceState.Starting, "the agent's word"), (_bench.State("a"), _bench["a"].WaitingFor));

        Assert.Null(_bench["a"].Said(_bench["a"].Pid, isReady: true, null));
        Assert.Equal(ServiceState.Ready, _bench.State("a"));
        Assert.Null(_bench["a"].Said(_bench["a"].Pid, isReady: false, "its tunnel is gone"));
        Assert.Equal((ServiceState.Unhealthy, "its tunnel is gone"), (_bench.State("a"), _bench["a"].WaitingFor));
        Assert.Null(_bench["a"].Said(_bench["a"].Pid, isReady: true, null));

        Assert.Equal(ServiceState.Ready, _bench.State("a"));
        Assert.Null(_bench.Timers.UntilNext()); // a silent agent changes nothing
    }

    [Fact]
    public void What_a_starting_one_lacks_is_told_once_and_forgotten_when_it_is_ready()
    {
        _bench.Define(ByAgent);
        _bench.Execute("a");
        Assert.Null(_bench["a"].Said(_bench["a"].Pid, isReady: false, "its other end"));
        Assert.Equal((ServiceState.Starting, "its other end"), (_bench.State("a"), _bench["a"].WaitingFor));
        var told = _bench.States.Count;
        _bench["a"].Said(_bench["a"].Pid, isReady: false, "its other end");
        Assert.Equal(told, _bench.States.Count);

        _bench["a"].Said(_bench["a"].Pid, isReady: true, null);
        Assert.Null(_bench["a"].WaitingFor);
        _bench["a"].Said(_bench["a"].Pid, isReady: false, null);
        Assert.Equal("the agent's word", _bench["a"].WaitingFor);
    }

    [Fact]
    public void The_agents_checks_have_thresholds_too()
    {
        _bench.Up(SupervisorBench.Definition("a") with { Health = new(new Readiness(ReadinessKind.Agent, "")) { FailureThreshold = 2 } });

        _bench["a"].Said(_bench["a"].Pid, isReady: false, null);
        Assert.Equal(ServiceState.Ready, _bench.State("a"));
        _bench["a"].Said(_bench["a"].Pid, isReady: false, null);

        Assert.Equal((ServiceState.Unhealthy, "the agent's word"), (_bench.State("a"), _bench["a"].WaitingFor));
    }

    [Fact]
    public void Word_of_a_process_that_is_gone_is_not_taken_for_the_next()
    {
        _bench.Define(ByAgent);
        var first = _bench["a"].Pid;
        _bench["a"].Restart();
        _bench.Exit("a");
        _bench.Execute("a");

        Assert.NotNull(_bench["a"].Said(first, isReady: true, null));

        Assert.Equal(ServiceState.Starting, _bench.State("a"));
    }

    [Fact]
    public void Word_of_a_service_that_does_not_leave_it_to_the_agent_counts_for_nothing()
    {
        UpAndWell();

        Assert.NotNull(_bench["a"].Said(_bench["a"].Pid, isReady: false, null));

        Assert.Equal(ServiceState.Ready, _bench.State("a"));
    }
}
