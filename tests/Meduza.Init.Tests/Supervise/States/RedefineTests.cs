using Meduza.Gateway.Render;
using Meduza.Init.Supervise.States;

namespace Meduza.Init.Tests.Supervise.States;

/// <summary>Defining a service again: nothing, a reload, or a restart, and never more than that.</summary>
public sealed class RedefineTests
{
    private const int Hup = 1;
    private readonly SupervisorBench _bench = new();

    private static ServiceDefinition Original { get; } = SupervisorBench.Definition("a") with { ReloadSignal = Hup, ReloadRevision = "1" };

    private FakeProcess StartOriginal()
    {
        Assert.Equal(DefineActions.Started, _bench.Supervisor.Define(Original));
        _bench.Execute("a");
        return _bench.Process("a");
    }

    [Fact]
    public void An_equal_definition_touches_nothing()
    {
        var process = StartOriginal();
        _bench.States.Clear();

        Assert.Equal(DefineActions.Unchanged, _bench.Supervisor.Define(Original with { Command = ["/bin/a"] }));

        Assert.Empty(process.Got);
        Assert.Empty(_bench.States);
    }

    [Fact]
    public void Another_reload_revision_alone_is_the_reload_signal()
    {
        var process = StartOriginal();
        process.Handled.Add(Hup);

        Assert.Equal(DefineActions.Reloaded, _bench.Supervisor.Define(Original with { ReloadRevision = "2" }));

        Assert.Equal([Hup], process.Got);
        Assert.Equal("2", _bench["a"].Definition.ReloadRevision);
    }

    [Fact]
    public void Another_check_is_how_it_is_looked_at_from_then_on()
    {
        var process = StartOriginal();
        _bench.States.Clear();
        var check = new HealthCheck(new Readiness(ReadinessKind.File, "/run/a.health")) { FailureThreshold = 1 };

        Assert.Equal(DefineActions.Unchanged, _bench.Supervisor.Define(Original with { Health = check }));
        _bench.Pass(11.1);
        Assert.Equal(["a Unhealthy"], _bench.States);
        Assert.Equal(DefineActions.Unchanged, _bench.Supervisor.Define(Original with { Health = check with { IntervalMilliseconds = 20_000 } }));
        Assert.Equal(["a Unhealthy", "a Ready"], _bench.States);
        Assert.Equal(DefineActions.Unchanged, _bench.Supervisor.Define(Original));
        _bench.Pass(100);

        Assert.Equal(["a Unhealthy", "a Ready"], _bench.States);
        Assert.Empty(process.Got);
        Assert.Null(_bench.Timers.UntilNext());
    }

    [Fact]
    public void A_reload_waits_for_the_handler_without_which_the_signal_would_end_the_process()
    {
        var process = StartOriginal();

        _bench.Supervisor.Define(Original with { ReloadRevision = "2" });
        _bench.Pass(1);
        Assert.Empty(process.Got);
        process.Handled.Add(Hup);
        _bench.Pass(0.2);

        Assert.Equal([Hup], process.Got);
        _bench.Pass(100);
        Assert.Equal([Hup], process.Got);
    }

    [Fact]
    public void A_reload_during_the_start_waits_for_readiness()
    {
        var definition = Original with { Readiness = new(ReadinessKind.File, "/run/a") };
        _bench.Supervisor.Define(definition);
        var process = _bench.Process("a");
        process.Handled.Add(Hup);
        process.Execute();

        _bench.Supervisor.Define(definition with { ReloadRevision = "2" });
        _bench.Pass(59);
        Assert.Empty(process.Got);
        _bench.Processes.ReadyTargets.Add("/run/a");
        _bench.Pass(0.2);

        Assert.Equal([Hup], process.Got);
    }

    [Fact]
    public void A_reload_is_forgotten_with_the_process_that_it_was_for()
    {
        StartOriginal();
        _bench.Supervisor.Define(Original with { ReloadRevision = "2" });
        _bench.Exit("a", code: 1);
        _bench.Pass(1);
        _bench.Execute("a");
        _bench.Process("a").Handled.Add(Hup);

        _bench.Pass(60);

        Assert.Empty(_bench.Process("a").Got);
    }

    [Fact]
    public void A_process_that_never_takes_its_reload_signal_is_restarted_instead()
    {
        var process = StartOriginal();

        _bench.Supervisor.Define(Original with { ReloadRevision = "2" });
        _bench.Pass(11);

        Assert.Equal([15], process.Got);
        _bench.Exit("a");
        Assert.Equal(ServiceState.Starting, _bench.State("a"));
    }

    [Fact]
    public void Without_a_reload_signal_it_is_a_restart()
    {
        var plain = Original with { ReloadSignal = 0 };
        _bench.Supervisor.Define(plain);

        Assert.Equal(DefineActions.Restarted, _bench.Supervisor.Define(plain with { ReloadRevision = "2" }));
    }

    [Fact]
    public void Anything_else_is_a_restart_that_stops_the_old_by_its_own_rules()
    {
        var process = StartOriginal();
        var changed = Original with { Command = ["/bin/b"], StopSignal = 3, StopTimeoutMilliseconds = 1 };

        Assert.Equal(DefineActions.Restarted, _bench.Supervisor.Define(changed));
        _bench.Pass(9.9);

        Assert.Equal([15], process.Got);
        Assert.False(process.Killed);
        _bench.Exit("a");
        Assert.Equal(changed, _bench.Process("a").Definition);
        Assert.Equal(0, _bench["a"].Restarts);
    }

    [Fact]
    public void The_last_of_several_definitions_during_a_stop_counts()
    {
        StartOriginal();
        _bench.Supervisor.Define(Original with { Revision = "2" });
        _bench.Supervisor.Define(Original with { Revision = "3" });

        _bench.Exit("a");

        Assert.Equal("3", _bench.Process("a").Definition.Revision);
        Assert.Equal(2, _bench.Processes.Started.Count);
    }

    [Fact]
    public void A_new_definition_is_a_new_chance_for_one_that_is_failing()
    {
        _bench.Supervisor.Define(Original);
        for (var i = 0; i < 5; i++)
        {
            _bench.Exit("a", code: 1);
            if (i < 4)
                _bench.Pass(8);
        }
        Assert.Equal(ServiceState.Failing, _bench.State("a"));

        _bench.Supervisor.Define(Original with { Revision = "2" });

        Assert.Equal(ServiceState.Starting, _bench.State("a"));
        _bench.Exit("a", code: 1);
        Assert.Equal(ServiceState.Backoff, _bench.State("a"));
    }

    [Fact]
    public void One_that_somebody_stopped_stays_down_and_starts_as_last_defined()
    {
        StartOriginal();
        _bench["a"].Stop();
        _bench.Exit("a");

        Assert.Equal(DefineActions.Unchanged, _bench.Supervisor.Define(Original with { Revision = "2" }));
        Assert.Equal(ServiceState.Down, _bench.State("a"));
        _bench["a"].Start();

        Assert.Equal("2", _bench.Process("a").Definition.Revision);
    }

    [Fact]
    public void Removed_it_is_forgotten_when_its_process_is_gone()
    {
        StartOriginal();
        _bench["a"].Remove();
        Assert.NotNull(_bench.Supervisor.Find("a"));

        _bench.Exit("a");

        Assert.Null(_bench.Supervisor.Find("a"));
        _bench.Pass(1000);
        Assert.Single(_bench.Processes.Started);
    }

    [Fact]
    public void Removed_while_it_is_down_it_is_forgotten_at_once()
    {
        StartOriginal();
        _bench["a"].Stop();
        _bench.Exit("a");
        Assert.Equal(ServiceState.Down, _bench.State("a"));

        _bench["a"].Remove();

        Assert.Null(_bench.Supervisor.Find("a"));
    }

    [Fact]
    public void Defined_again_while_it_is_being_removed_it_comes_back()
    {
        StartOriginal();
        _bench["a"].Remove();

        Assert.Equal(DefineActions.Started, _bench.Supervisor.Define(Original with { Revision = "2" }));
        _bench.Exit("a");

        Assert.Equal("2", _bench.Process("a").Definition.Revision);
        Assert.Equal(ServiceState.Starting, _bench.State("a"));
    }
}
