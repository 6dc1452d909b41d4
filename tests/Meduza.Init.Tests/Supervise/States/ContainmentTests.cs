using Meduza.Gateway.Render;
using Meduza.Init.Supervise.States;

namespace Meduza.Init.Tests.Supervise.States;

/// <summary>What PID 1's own code throws on behalf of one service, which no other must notice.</summary>
public sealed class ContainmentTests
{
    private readonly SupervisorBench _bench = new();
    private readonly List<Exception> _faults = [];

    public ContainmentTests() => _bench.Supervisor.Faulted = _faults.Add;

    private void DefineWithProbe(string name) => _bench.Supervisor.Define(
        SupervisorBench.Definition(name) with { Readiness = new(ReadinessKind.File, "/run/" + name) });

    [Fact]
    public void A_fault_in_a_start_is_that_service_s_and_it_is_tried_again()
    {
        _bench.Processes.Faults.Add("start a");
        _bench.Define("a");
        _bench.Up("b");

        Assert.Equal(ServiceState.Backoff, _bench.State("a"));
        Assert.Equal("a fault in PID 1: a fault in start a", _bench["a"].LastExit);
        Assert.Single(_faults);

        _bench.Processes.Faults.Clear();
        _bench.Pass(31);

        Assert.Equal(ServiceState.Starting, _bench.State("a"));
    }

    [Fact]
    public void A_fault_in_a_probe_does_not_end_the_looking()
    {
        DefineWithProbe("a");
        _bench.Execute("a");
        _bench.Processes.Faults.Add("probe");
        _bench.Pass(1);
        Assert.Equal(ServiceState.Starting, _bench.State("a"));
        Assert.NotEmpty(_faults);

        _bench.Processes.Faults.Clear();
        _bench.Processes.ReadyTargets.Add("/run/a");
        _bench.Pass(1);

        Assert.Equal(ServiceState.Ready, _bench.State("a"));
    }

    [Theory]
    [InlineData(false, "Backoff")]
    [InlineData(true, "Down")]
    public void A_fault_at_the_end_of_a_process_leaves_a_service_without_one(bool stopped, string after)
    {
        _bench.Up("a");
        _bench.Processes.Faults.Add("ended a");
        if (stopped)
            _bench["a"].Stop();

        _bench.Exit("a");

        Assert.Equal(after, _bench.State("a").ToString());
        Assert.False(_bench["a"].HasProcess);
        Assert.Single(_faults);
    }

    [Fact]
    public void A_stop_signal_that_cannot_be_sent_is_followed_by_the_kill_all_the_same()
    {
        _bench.Up("a");
        _bench.Processes.Faults.Add("signal a");
        _bench["a"].Stop();
        Assert.Single(_faults);

        _bench.Pass(SupervisorBench.Definition("a").StopTimeoutMilliseconds / 1000.0);

        Assert.True(_bench.Process("a").Killed);
    }

    [Fact]
    public void A_fault_on_the_way_down_keeps_no_other_from_its_end()
    {
        foreach (var name in (string[])["a", "b", "c"])
        {
            _bench.Up(name);
            _bench.Pass(1);
        }
        _bench.Processes.Faults.UnionWith(["signal b", "kill b"]);
        var done = false;
        _bench.Supervisor.Shutdown(() => done = true);
        _bench.Exit("c");
        _bench.Pass(1);

        _bench.Exit("a");
        _bench.Pass(30);

        Assert.True(done);
        Assert.Contains("signal a 15", _bench.Processes.Story);
    }

    [Fact]
    public void A_handler_that_throws_at_every_change_changes_nothing()
    {
        _bench.Supervisor.Changed += _ => throw new InvalidOperationException("a handler");

        _bench.Up("a");
        _bench.Exit("a");
        _bench.Pass(1);

        Assert.Equal(ServiceState.Starting, _bench.State("a"));
        Assert.NotEmpty(_faults);
    }
}
