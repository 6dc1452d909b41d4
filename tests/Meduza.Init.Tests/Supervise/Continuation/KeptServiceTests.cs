using Meduza.Gateway.Render;
using Meduza.Init.Supervise.Continuation;
using Meduza.Init.Supervise.States;

namespace Meduza.Init.Tests.Supervise.Continuation;

/// <summary>A supervisor that takes over from another on the same clock, by way of the bytes of the state.</summary>
public class KeptServiceTests
{
    [Fact]
    public void A_backoff_is_over_when_it_would_have_been()
    {
        var first = new SupervisorBench();
        first.Define("a");
        for (var i = 0; i < 3; i++)
        {
            first.Execute("a");
            first.Exit("a", 1);
            if (i < 2)
                first.Pass(2);
        }
        Assert.Equal(ServiceState.Backoff, first.State("a")); // for 2 s
        first.Pass(0.5);

        var next = GoOn(first);

        next.Pass(1.4);
        Assert.Empty(next.Processes.Started);
        next.Pass(0.2);
        Assert.Single(next.Processes.Started);
        Assert.Equal((3, "exit 1"), (next["a"].Restarts, next["a"].LastExit));
        next.Execute("a");
        next.Exit("a", 1);
        next.Pass(3.9); // the fourth in a row: 4 s
        Assert.Equal(ServiceState.Backoff, next.State("a"));
        next.Pass(0.2);
        Assert.Equal(ServiceState.Starting, next.State("a"));
    }

    [Fact]
    public void A_running_process_goes_on_and_its_end_is_that_of_its_service()
    {
        var first = new SupervisorBench();
        first.Up("a");
        var pid = first["a"].Pid;
        first.Pass(20);

        var next = GoOn(first);

        Assert.Equal((ServiceState.Ready, pid, 0), (next.State("a"), next["a"].Pid, next["a"].Restarts));
        Assert.Equal(first.Supervisor.Status(first["a"]), next.Supervisor.Status(next["a"]) with { Definition = first["a"].Definition });
        next.Exit("a", 3);
        Assert.Equal((ServiceState.Starting, 1, "exit 3"), (next.State("a"), next["a"].Restarts, next["a"].LastExit)); // it ran long
    }

    [Fact]
    public void Health_is_counted_on_and_what_it_said_of_itself_is_still_shown()
    {
        const string Sign = "/run/a.health";
        var first = new SupervisorBench();
        first.Processes.ReadyTargets.Add(Sign);
        first.Define(SupervisorBench.Definition("a") with
        {
            Readiness = new(ReadinessKind.NotifySocket, ""),
            Health = new(new Readiness(ReadinessKind.File, Sign)) { IntervalMilliseconds = 5000 },
        });
        first.Process("a").Say(Meduza.Init.Supervise.Processes.Notice.Parse("READY=1\nSTATUS=serves"u8));
        first.Processes.ReadyTargets.Clear();
        first.Pass(12.1); // two failures

        var next = GoOn(first);

        Assert.Equal((ServiceState.Ready, "serves"), (next.State("a"), next["a"].StatusText));
        next.Pass(6.1);
        Assert.Equal((ServiceState.Unhealthy, "file " + Sign), (next.State("a"), next["a"].WaitingFor));
        next.Process("a").Say(new(false, true, false, null));
        Assert.Equal(ServiceState.Stopping, next.State("a"));
    }

    [Fact]
    public void Who_has_not_said_yet_that_it_is_ready_is_still_heard()
    {
        var first = new SupervisorBench();
        first.Define(SupervisorBench.Definition("a") with { Readiness = new(ReadinessKind.NotifySocket, "") });
        first.Execute("a");

        var next = GoOn(first);

        next.Pass(59);
        Assert.Equal(ServiceState.Starting, next.State("a"));
        next.Process("a").Say(Meduza.Init.Supervise.Processes.Notice.Ready);
        Assert.Equal(ServiceState.Ready, next.State("a"));
    }

    [Fact]
    public void A_stop_goes_on_to_its_limit()
    {
        var first = new SupervisorBench();
        first.Up("a").Stop();
        first.Pass(6);

        var next = GoOn(first);

        next.Pass(3.9);
        Assert.False(next.Process("a").Killed);
        next.Pass(0.2);
        Assert.True(next.Process("a").Killed);
        next.Exit("a", signal: 9);
        Assert.Equal(ServiceState.Down, next.State("a"));
    }

    [Fact]
    public void Readiness_and_a_reload_are_still_looked_for()
    {
        var first = new SupervisorBench();
        var definition = SupervisorBench.Definition("a") with { Readiness = new(Meduza.Gateway.Render.ReadinessKind.File, "/f"), ReloadSignal = 1 };
        first.Supervisor.Define(definition);
        first.Execute("a");
        first.Supervisor.Define(definition with { ReloadRevision = "2" });

        var next = GoOn(first);
        Assert.Equal((0, 1), (first.Processes.OpenProbes - 1, next.Processes.OpenProbes));
        next.Pass(1);
        Assert.Equal(ServiceState.Starting, next.State("a"));
        next.Processes.ReadyTargets.Add("/f");
        next.Process("a").Handled.Add(1);
        next.Pass(1);

        Assert.Equal(ServiceState.Ready, next.State("a"));
        Assert.Equal([1], next.Process("a").Got);
    }

    [Fact]
    public void One_that_was_stopped_rests_and_one_that_waited_is_started()
    {
        var first = new SupervisorBench();
        first.Up("rests").Stop();
        first.Exit("rests");
        first.Define("base");
        first.Define("waits", "base");

        var next = GoOn(first);

        Assert.Equal(ServiceState.Down, next.State("rests"));
        Assert.False(next["rests"].Wanted);
        Assert.Equal("base (starting)", next["waits"].WaitingFor);
        next.Execute("base");
        Assert.Equal(ServiceState.Starting, next.State("waits"));
    }

    [Fact]
    public void The_end_of_all_keeps_its_limit()
    {
        var first = new SupervisorBench();
        first.Supervisor.Define(SupervisorBench.Definition("a") with { StopTimeoutMilliseconds = 600_000 });
        first.Execute("a");
        first.Supervisor.Shutdown(() => { });
        first.Pass(20);

        var ended = false;
        var next = GoOn(first, () => ended = true);

        Assert.True(next.Supervisor.IsShuttingDown);
        next.Pass(1.9);
        Assert.False(next.Process("a").Killed);
        next.Pass(0.2);
        Assert.True(next.Process("a").Killed);
        Assert.False(ended);
        next.Exit("a", signal: 9);
        Assert.True(ended);
    }

    [Fact]
    public void A_process_that_the_state_does_not_have_is_taken_when_its_service_is_defined()
    {
        var bench = new SupervisorBench();

        Assert.True(bench.Supervisor.Adopt(77, "a"));
        bench.Define("a");

        Assert.Equal(["resume a"], bench.Processes.Story);
        Assert.Equal((ServiceState.Ready, 77), (bench.State("a"), bench["a"].Pid));
    }

    [Fact]
    public void One_that_is_found_and_ends_before_that_is_not_taken()
    {
        var bench = new SupervisorBench();
        Assert.True(bench.Supervisor.Adopt(77, "a"));
        bench.Supervisor.Exited(new(77, 0, 0));

        bench.Define("a");

        Assert.Equal(["start a"], bench.Processes.Story);
    }

    [Fact]
    public void A_newer_process_than_the_state_knows_takes_the_place_of_the_next_attempt()
    {
        var bench = new SupervisorBench();
        bench.Up("a");
        bench["a"].Vanished();
        Assert.Equal((ServiceState.Backoff, "ended unseen, in a fault of meduza-init"), (bench.State("a"), bench["a"].LastExit));

        Assert.True(bench.Supervisor.Adopt(77, "a"));
        bench.Pass(100);

        Assert.Equal((ServiceState.Ready, 77), (bench.State("a"), bench["a"].Pid));
        Assert.False(bench.Supervisor.Adopt(78, "a"));
    }

    private static SupervisorBench GoOn(SupervisorBench first, Action? ended = null)
    {
        var bytes = JsonText.Utf8(
            new KeptState { Version = KeptState.CurrentVersion, Services = [.. first.Supervisor.Keep()], Shutdown = first.Supervisor.KeepShutdown(false) },
            KeptJson.Write);
        var kept = JsonText.Parse(bytes, KeptJson.ReadKeptState);
        var next = new SupervisorBench(first.Time);
        next.Supervisor.Resume(kept.Services, (name, fault) => Assert.Fail($"{name}: {fault}"));
        if (kept.Shutdown is { } shutdown)
            next.Supervisor.ResumeShutdown(shutdown, ended ?? (() => { }));
        return next;
    }
}
