using Meduza.Gateway.Render;
using Meduza.Init.Supervise.States;

namespace Meduza.Init.Tests.Supervise.States;

/// <summary>Hard dependencies: who starts, who is stopped first, and who is told.</summary>
public sealed class RequirementTests
{
    private readonly SupervisorBench _bench = new();

    private static ServiceDefinition Coping(string name, params string[] required) =>
        SupervisorBench.Requiring(name, required) with { WhenRequiredRestarts = RequiredRestart.Tell };

    private void UpPair(RequiredRestart policy = RequiredRestart.Restart)
    {
        _bench.Up("base");
        _bench.Up(SupervisorBench.Requiring("top", "base") with { WhenRequiredRestarts = policy });
        _bench.Processes.Story.Clear();
    }

    private string? WaitingFor(string name) => _bench.Supervisor.Status(_bench[name]).WaitingFor;

    [Fact]
    public void It_starts_when_all_that_it_requires_are_ready_and_not_before()
    {
        _bench.Define(SupervisorBench.Requiring("top", "one", "two"));
        Assert.Equal("one (not defined)", WaitingFor("top"));
        _bench.Up("one");
        _bench.Define("two");
        Assert.Equal("two (starting)", WaitingFor("top"));

        _bench.Execute("two");

        Assert.Equal(ServiceState.Starting, _bench.State("top"));
    }

    [Fact]
    public void A_failing_requirement_is_waited_for_however_long()
    {
        _bench.Define("base");
        _bench.Define(SupervisorBench.Requiring("top", "base"));
        for (var i = 0; i < 20; i++)
        {
            _bench.Exit("base", code: 1);
            _bench.Pass(_bench.Timers.UntilNext()!.Value);
        }
        Assert.Equal(ServiceState.Waiting, _bench.State("top"));

        _bench.Execute("base");

        Assert.Equal(ServiceState.Starting, _bench.State("top"));
    }

    [Fact]
    public void Services_that_require_the_same_start_side_by_side()
    {
        _bench.Define("base");
        _bench.Define(SupervisorBench.Requiring("a", "base"));
        _bench.Define(SupervisorBench.Requiring("b", "base"));

        _bench.Execute("base");

        Assert.Equal((ServiceState.Starting, ServiceState.Starting), (_bench.State("a"), _bench.State("b")));
    }

    [Fact]
    public void A_stop_ends_the_dependants_first_and_they_wait()
    {
        UpPair(RequiredRestart.Tell);
        _bench.Up(Coping("roof", "top"));
        _bench.Processes.Story.Clear();

        _bench["base"].Stop();
        Assert.Equal(["signal roof 15"], _bench.Processes.Story);
        Assert.Equal(("top (stopping)", "roof (stopping)"), (WaitingFor("base"), WaitingFor("top")));
        _bench.Exit("roof");
        _bench.Exit("top");
        Assert.Null(WaitingFor("base"));
        _bench.Exit("base");

        Assert.Equal(["signal roof 15", "signal top 15", "signal base 15"], _bench.Processes.Story);
        Assert.Equal((ServiceState.Down, ServiceState.Waiting, ServiceState.Waiting), (_bench.State("base"), _bench.State("top"), _bench.State("roof")));
        Assert.Equal(("base (down)", "top (waiting)"), (WaitingFor("top"), WaitingFor("roof")));
    }

    [Fact]
    public void The_limit_of_a_held_stop_begins_when_it_is_let_go()
    {
        UpPair();
        var @base = _bench.Process("base");

        _bench["base"].Stop();
        _bench.Pass(9);
        _bench.Exit("top");
        _bench.Pass(9.9);
        Assert.False(@base.Killed);
        _bench.Pass(0.2);

        Assert.True(@base.Killed);
    }

    [Fact]
    public void A_dependant_that_does_not_end_is_killed_and_holds_nobody_for_ever()
    {
        UpPair();

        _bench["base"].Stop();
        _bench.Pass(10);
        _bench.Exit("top", signal: 9);

        Assert.Equal(["signal top 15", "kill top", "signal base 15"], _bench.Processes.Story);
    }

    [Fact]
    public void A_start_brings_back_the_dependants_too()
    {
        UpPair();
        _bench["base"].Stop();
        _bench.Exit("top");
        _bench.Exit("base");

        _bench.Supervisor.Start(_bench["base"]);
        _bench.Execute("base");

        Assert.Equal(ServiceState.Starting, _bench.State("top"));
    }

    [Fact]
    public void A_start_by_hand_starts_what_is_required_too()
    {
        UpPair();
        _bench["base"].Stop();
        _bench.Exit("top");
        _bench.Exit("base");

        _bench.Supervisor.Start(_bench["top"]);

        Assert.Equal(ServiceState.Starting, _bench.State("base"));
        _bench.Execute("base");
        Assert.Equal(ServiceState.Starting, _bench.State("top"));
    }

    [Fact]
    public void A_removal_of_what_is_required_is_a_stop_of_the_dependant()
    {
        UpPair(RequiredRestart.Tell);

        _bench["base"].Remove();
        _bench.Exit("top");
        _bench.Exit("base");

        Assert.Equal(["signal top 15", "signal base 15"], _bench.Processes.Story);
        Assert.Null(_bench.Supervisor.Find("base"));
        Assert.Equal("base (not defined)", WaitingFor("top"));
    }

    [Fact]
    public void After_a_crash_the_dependant_is_started_anew_when_the_other_is_ready_again()
    {
        UpPair();

        _bench.Exit("base", signal: 9);
        Assert.Equal(ServiceState.Stopping, _bench.State("top"));
        _bench.Exit("top");
        Assert.Equal("base (backoff)", WaitingFor("top"));
        _bench.Pass(0.5);
        _bench.Execute("base");

        Assert.Equal(["signal top 15", "start base", "start top"], _bench.Processes.Story);
    }

    [Fact]
    public void A_crash_that_is_followed_at_once_is_no_less_a_crash()
    {
        UpPair();
        _bench.Pass(11);

        _bench.Exit("base", signal: 9);
        _bench.Execute("base"); // ready again before the dependant has ended
        Assert.Equal(ServiceState.Stopping, _bench.State("top"));
        _bench.Exit("top");

        Assert.Equal(["start base", "signal top 15", "start top"], _bench.Processes.Story);
    }

    [Fact]
    public void One_that_copes_goes_on_through_a_crash_and_says_what_it_is_without()
    {
        UpPair(RequiredRestart.Tell);
        List<string> told = [];
        _bench.Supervisor.Changed += service => told.Add($"{service.Name} {service.State} {service.WaitingFor}");

        _bench.Exit("base", signal: 9);
        Assert.Equal((ServiceState.Ready, "base (backoff)"), (_bench.State("top"), WaitingFor("top")));
        _bench.Pass(0.5);
        _bench.Execute("base");

        Assert.Equal((ServiceState.Ready, null), (_bench.State("top"), WaitingFor("top")));
        Assert.DoesNotContain("signal top 15", _bench.Processes.Story);
        Assert.Equal(
            ["top Ready base (backoff)", "top Ready base (starting)", "top Ready "],
            told.Where(t => t.StartsWith("top", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_restart_ends_the_dependants_first_but_not_those_that_cope()
    {
        UpPair();
        _bench.Up(Coping("copes", "base"));
        _bench.Processes.Story.Clear();

        _bench["base"].Restart();
        _bench.Exit("top");
        _bench.Exit("base");
        _bench.Execute("base");

        Assert.Equal(["signal top 15", "signal base 15", "start base", "start top"], _bench.Processes.Story);
        Assert.Equal(ServiceState.Ready, _bench.State("copes"));
    }

    [Fact]
    public void Another_definition_of_what_is_required_is_a_restart_of_both()
    {
        UpPair();

        _bench.Define(SupervisorBench.Definition("base") with { Revision = "2" });
        _bench.Exit("top");
        _bench.Exit("base");
        _bench.Execute("base");

        Assert.Equal(["signal top 15", "signal base 15", "start base", "start top"], _bench.Processes.Story);
    }

    [Fact]
    public void A_stop_while_it_restarts_ends_those_that_cope_too()
    {
        UpPair(RequiredRestart.Tell);

        _bench["base"].Restart();
        Assert.Equal(ServiceState.Ready, _bench.State("top"));
        _bench["base"].Stop();

        Assert.Equal(ServiceState.Stopping, _bench.State("top"));
    }

    [Fact]
    public void A_dependant_that_is_itself_stopped_stays_stopped()
    {
        UpPair();
        _bench["top"].Stop();
        _bench.Exit("top");

        _bench["base"].Restart();
        _bench.Exit("base");
        _bench.Execute("base");

        Assert.Equal(ServiceState.Down, _bench.State("top"));
    }

    [Fact]
    public void What_starts_after_one_that_waits_for_something_stopped_goes_on()
    {
        _bench.Up("base")!.Stop();
        _bench.Exit("base");
        _bench.Define(SupervisorBench.Requiring("top", "base"));
        _bench.Define(SupervisorBench.Requiring("roof", "top"));

        _bench.Define("later", "roof");

        Assert.Equal(ServiceState.Waiting, _bench.State("roof"));
        Assert.Equal(ServiceState.Starting, _bench.State("later"));
    }

    [Fact]
    public void In_a_circle_of_both_kinds_the_requirement_counts()
    {
        _bench.Define("a", "b");
        _bench.Exit("a");
        _bench.Define(SupervisorBench.Requiring("b", "a"));
        _bench.Pass(1);
        _bench.Execute("a");

        Assert.Equal((ServiceState.Ready, ServiceState.Starting), (_bench.State("a"), _bench.State("b")));
    }

    [Fact]
    public void A_circle_is_found_and_named()
    {
        _bench.Define(SupervisorBench.Requiring("a", "b"));
        _bench.Define(SupervisorBench.Requiring("b", "c", "d"));

        Assert.Null(RequirementCircle.Find(SupervisorBench.Requiring("c", "d"), _bench.Supervisor.Find));
        Assert.Equal("d → a → b → d", RequirementCircle.Find(SupervisorBench.Requiring("d", "e", "a"), _bench.Supervisor.Find));
        Assert.Equal("e → e", RequirementCircle.Find(SupervisorBench.Requiring("e", "e"), _bench.Supervisor.Find));
    }

    [Fact]
    public void At_the_end_the_dependants_come_first_also_when_the_other_was_restarted_last()
    {
        UpPair(RequiredRestart.Tell);
        _bench.Pass(11);
        _bench.Exit("base", signal: 9);
        _bench.Execute("base");
        _bench.Processes.Story.Clear();

        _bench.Supervisor.Shutdown(() => { });
        _bench.Exit("top");

        Assert.Equal(["signal top 15", "signal base 15"], _bench.Processes.Story);
    }

    [Fact]
    public void A_stop_that_was_held_goes_on_in_the_shutdown()
    {
        var done = 0;
        UpPair();
        _bench["base"].Stop();

        _bench.Supervisor.Shutdown(() => done++);
        _bench.Exit("top");
        _bench.Exit("base");

        Assert.Equal(["signal top 15", "signal base 15"], _bench.Processes.Story);
        Assert.Equal(1, done);
    }
}
