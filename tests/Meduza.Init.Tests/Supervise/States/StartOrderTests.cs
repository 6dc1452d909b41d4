using CsCheck;
using Meduza.Init.Supervise.States;

namespace Meduza.Init.Tests.Supervise.States;

public sealed class StartOrderTests
{
    private readonly SupervisorBench _bench = new();

    [Fact]
    public void It_waits_until_what_it_starts_after_is_ready_and_says_so()
    {
        _bench.Define("zebra");
        _bench.Define("bgpd", "zebra");
        Assert.Equal(ServiceState.Waiting, _bench.State("bgpd"));
        Assert.Equal("zebra (starting)", _bench.Supervisor.Status(_bench["bgpd"]).WaitingFor);

        _bench.Execute("zebra");

        Assert.Equal(ServiceState.Starting, _bench.State("bgpd"));
        Assert.Null(_bench.Supervisor.Status(_bench["bgpd"]).WaitingFor);
    }

    [Fact]
    public void Services_without_an_order_start_side_by_side()
    {
        _bench.Define("a");
        _bench.Define("b");

        Assert.Equal(2, _bench.Processes.Started.Count);
    }

    [Fact]
    public void A_name_that_nobody_defined_is_not_waited_for()
    {
        _bench.Define("a", "nobody");

        Assert.Equal(ServiceState.Starting, _bench.State("a"));
    }

    [Fact]
    public void One_that_waits_for_a_removed_or_stopped_service_goes_on()
    {
        _bench.Define("a");
        _bench.Define("b");
        _bench.Define("after-a", "a");
        _bench.Define("after-b", "b");

        _bench["a"].Stop();
        _bench["b"].Remove();

        Assert.Equal(ServiceState.Starting, _bench.State("after-a"));
        Assert.Equal(ServiceState.Starting, _bench.State("after-b"));
    }

    [Fact]
    public void A_failing_service_holds_nobody_up()
    {
        _bench.Define("a");
        _bench.Define("b", "a");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(ServiceState.Waiting, _bench.State("b"));
            _bench.Exit("a", code: 1);
            if (i < 4)
                _bench.Pass(8);
        }

        Assert.Equal(ServiceState.Failing, _bench.State("a"));
        Assert.Equal(ServiceState.Starting, _bench.State("b"));
    }

    [Fact]
    public void A_circle_is_no_deadlock()
    {
        _bench.Define("a", "c");
        _bench.Define("b", "a");
        _bench.Define("c", "b");

        Assert.Equal(3, _bench.Processes.Started.Select(p => p.Definition.Name).Distinct().Count());
    }

    [Fact]
    public void One_that_starts_after_itself_starts()
    {
        _bench.Define("a", "a");

        Assert.Equal(ServiceState.Starting, _bench.State("a"));
    }

    [Fact]
    public void A_dependency_that_crashes_does_not_take_the_others_with_it()
    {
        _bench.Up("a");
        _bench.Up("b", "a");

        _bench.Exit("a", code: 1);

        Assert.Equal(ServiceState.Ready, _bench.State("b"));
    }

    [Fact]
    public void One_that_crashes_waits_again_for_what_is_down_with_it()
    {
        _bench.Up("a");
        _bench.Up("b", "a");
        _bench.Exit("a", code: 1);
        _bench.Exit("b", code: 1);

        _bench.Pass(0.5);
        Assert.Equal((ServiceState.Starting, ServiceState.Waiting), (_bench.State("a"), _bench.State("b")));
        _bench.Execute("a");

        Assert.Equal(ServiceState.Starting, _bench.State("b"));
    }

    [Fact]
    public void Whatever_the_order_everything_comes_up()
    {
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, 7]).Array[0, 20].Sample(edges =>
        {
            var bench = new SupervisorBench();
            for (var i = 0; i < 8; i++)
                bench.Define($"s{i}", [.. edges.Where(e => e.Item1 == i).Select(e => $"s{e.Item2}")]);
            for (var round = 0; round < 8; round++)
            {
                foreach (var process in bench.Processes.Started.ToArray())
                    process.Execute();
            }

            Assert.All(bench.Supervisor.Services, s => Assert.Equal(ServiceState.Ready, s.State));
        });
    }
}
