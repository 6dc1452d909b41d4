using Meduza.Gateway.Render;
using Meduza.Init.Control;
using Meduza.Init.Tests.Supervise;

namespace Meduza.Init.Tests.Control.Server;

public sealed class AgentVerbsTests : IDisposable
{
    private readonly ControlBench _bench = new();
    private readonly TestClient _client;

    public AgentVerbsTests() => _client = _bench.Connect();

    public void Dispose()
    {
        _client.Dispose();
        _bench.Dispose();
    }

    private TestClient Attach()
    {
        var agent = _bench.Connect();
        var first = agent.Ask(new() { Id = 42, Verb = Verbs.Attach });
        Assert.Equal((42L, true, null), (first.Id, first.More, first.Event));
        return agent;
    }

    [Fact]
    public void The_agent_hears_what_is_there_and_then_of_every_change()
    {
        _bench.Up("a");
        using var agent = _bench.Connect();
        Assert.Equal(["a"], agent.Ask(new() { Id = 42, Verb = Verbs.Attach }).Services.Select(s => s.Name));

        _bench.Up("b");

        string[] states = [.. Enumerable.Range(0, 3).Select(_ => agent.Receive()!).Select(e => $"{e.Event} {e.Services[0].Name} {e.Services[0].State}")];
        Assert.Equal(["service b waiting", "service b starting", "service b ready"], states);
    }

    [Fact]
    public void The_agent_says_that_a_service_is_ready_and_that_it_is_not()
    {
        _bench.Supervisor.Define(SupervisorBench.Definition("a") with { Readiness = new(ReadinessKind.Agent, "") });
        var process = _bench.Processes.Started[^1];
        process.Execute();

        var reply = _client.Ask(new() { Id = 1, Verb = Verbs.Ready, Services = ["a"], Pid = process.Pid, Ready = true });
        Assert.Equal((null, ServiceStates.Ready), (reply.Error, reply.Services[0].State));
        reply = _client.Ask(new() { Id = 2, Verb = Verbs.Ready, Services = ["a"], Pid = process.Pid, Error = "no tunnel" });
        Assert.Equal((null, ServiceStates.Unhealthy, "no tunnel"), (reply.Error, reply.Services[0].State, reply.Services[0].WaitingFor));
        Assert.NotNull(_client.Ask(new() { Id = 3, Verb = Verbs.Ready, Services = ["a"], Pid = process.Pid + 1, Ready = true }).Error);
    }

    [Fact]
    public void A_reconcile_goes_to_the_agent_and_its_end_to_whoever_waits()
    {
        using var agent = Attach();
        _client.Send(new() { Id = 1, Verb = Verbs.Reconcile, Wait = true });
        var asked = agent.Receive()!;
        Assert.Equal((42L, "reconcile"), (asked.Id, asked.Event));
        Assert.True(_client.IsQuiet());

        Assert.Null(agent.Ask(new() { Id = 2, Verb = Verbs.Reconciled, Reconcile = asked.Reconcile, Error = "etcd is not there" }).Error);

        Assert.Equal((1L, "etcd is not there"), (_client.Receive() is { } reply ? (reply.Id, reply.Error) : default));
    }

    [Fact]
    public void Without_waiting_it_is_answered_at_once()
    {
        using var agent = Attach();

        Assert.Null(_client.Ask(new() { Id = 1, Verb = Verbs.Reconcile }).Error);

        Assert.Equal("reconcile", agent.Receive()!.Event);
    }

    [Fact]
    public void The_end_of_a_later_reconcile_answers_the_earlier_ones_and_not_the_other_way_round()
    {
        using var agent = Attach();
        using var second = _bench.Connect();
        _client.Send(new() { Id = 1, Verb = Verbs.Reconcile, Wait = true });
        var first = agent.Receive()!.Reconcile;
        second.Send(new() { Id = 2, Verb = Verbs.Reconcile, Wait = true });
        var later = agent.Receive()!.Reconcile;

        agent.Ask(new() { Verb = Verbs.Reconciled, Reconcile = first });
        Assert.Equal(1, _client.Receive()!.Id);
        Assert.True(second.IsQuiet());
        agent.Ask(new() { Verb = Verbs.Reconciled, Reconcile = later });

        Assert.Equal(2, second.Receive()!.Id);
    }

    [Fact]
    public void A_way_back_goes_to_the_agent_and_to_the_next_one_as_long_as_it_is_not_done()
    {
        var agent = Attach();
        _client.Send(new() { Id = 1, Verb = Verbs.Rollback, Snapshot = 7, Wait = true });
        var asked = agent.Receive()!;
        Assert.Equal(("rollback", 7), (asked.Event, asked.Snapshot));
        _bench.RequestReconcile();
        Assert.Equal("reconcile", agent.Receive()!.Event);
        agent.Dispose();
        _bench.Settle();

        using var next = Attach();
        Assert.Equal(("rollback", asked.Reconcile, 7), (next.Receive() is { } first ? (first.Event, first.Reconcile, first.Snapshot) : default));
        Assert.Equal(("reconcile", asked.Reconcile + 1, null), (next.Receive() is { } second ? (second.Event, second.Reconcile, second.Snapshot) : default));
        next.Ask(new() { Verb = Verbs.Reconciled, Reconcile = asked.Reconcile, Error = "it is not there any more" });
        Assert.Equal((1L, "it is not there any more"), (_client.Receive() is { } reply ? (reply.Id, reply.Error) : default));
        next.Dispose();
        _bench.Settle();

        using var last = Attach();
        Assert.Equal("reconcile", last.Receive()!.Event);
        Assert.True(last.IsQuiet());
    }

    [Fact]
    public void A_way_back_to_nowhere_is_an_error() =>
        Assert.Equal("rollback needs the number of an applied commit", _client.Ask(new() { Id = 1, Verb = Verbs.Rollback }).Error);

    [Fact]
    public void A_request_without_an_agent_is_kept_until_there_is_one()
    {
        _bench.RequestReconcile();
        using var agent = Attach();

        Assert.Equal("reconcile", agent.Receive()!.Event);
    }

    [Fact]
    public void A_request_that_an_agent_died_over_goes_to_the_next()
    {
        _client.Send(new() { Id = 1, Verb = Verbs.Reconcile, Wait = true });
        var agent = Attach();
        var asked = agent.Receive()!.Reconcile;
        agent.Dispose();
        _bench.Settle();

        using var next = Attach();
        Assert.Equal(asked, next.Receive()!.Reconcile);
        next.Ask(new() { Verb = Verbs.Reconciled, Reconcile = asked });

        Assert.Equal(1, _client.Receive()!.Id);
    }

    [Fact]
    public void One_that_is_done_is_not_asked_for_again()
    {
        var agent = Attach();
        _bench.RequestReconcile();
        agent.Ask(new() { Verb = Verbs.Reconciled, Reconcile = agent.Receive()!.Reconcile });
        agent.Dispose();
        _bench.Settle();

        using var next = Attach();

        Assert.True(next.IsQuiet());
    }

    [Fact]
    public void A_refresh_goes_to_the_agent_and_what_came_of_it_to_whoever_waits()
    {
        using var agent = Attach();
        using var second = _bench.Connect();
        _client.Send(new() { Id = 1, Verb = Verbs.Refresh });
        var asked = agent.Receive()!;
        Assert.Equal((42L, "refresh"), (asked.Id, asked.Event));
        second.Send(new() { Id = 2, Verb = Verbs.Refresh });
        var later = agent.Receive()!;
        Assert.True(_client.IsQuiet());

        agent.Ask(new() { Verb = Verbs.Refreshed, Reconcile = asked.Reconcile, Text = "it is there" });
        Assert.Equal((1L, "it is there", null), (_client.Receive() is { } reply ? (reply.Id, reply.Text, reply.Error) : default));
        Assert.True(second.IsQuiet());
        agent.Ask(new() { Verb = Verbs.Refreshed, Reconcile = later.Reconcile, Error = "it is gone" });
        Assert.Equal((2L, null, "it is gone"), (second.Receive() is { } last ? (last.Id, last.Text, last.Error) : default));
    }

    [Fact]
    public void A_refresh_without_an_agent_is_refused_and_one_whose_agent_goes_is_told_so()
    {
        Assert.Equal("no agent runs that could fetch it: see `meduza status agent`", _client.Ask(new() { Id = 1, Verb = Verbs.Refresh }).Error);
        var agent = Attach();
        _client.Send(new() { Id = 2, Verb = Verbs.Refresh });
        Assert.Equal("refresh", agent.Receive()!.Event);
        agent.Dispose();

        Assert.Equal((2L, "the agent ended while it fetched: ask again"), (_client.Receive() is { } reply ? (reply.Id, reply.Error) : default));

        using var next = Attach();
        Assert.True(next.IsQuiet());
    }

    [Fact]
    public void A_refresh_that_is_not_over_in_time_is_not_yet()
    {
        using var agent = Attach();
        Assert.True(_client.Ask(new() { Verb = Verbs.Refresh, TimeoutMilliseconds = 1 }).NotYet);
    }

    [Fact]
    public void A_reconcile_that_is_not_done_in_time_is_not_yet() =>
        Assert.True(_client.Ask(new() { Verb = Verbs.Reconcile, Wait = true, TimeoutMilliseconds = 1 }).NotYet);

    [Fact]
    public void The_last_report_is_shown_also_when_the_agent_is_gone()
    {
        var agent = Attach();
        agent.Ask(new() { Verb = Verbs.Report, Report = new() { Node = "gw1", Version = "1" } });
        agent.Dispose();
        _bench.Settle();

        Assert.Equal("gw1", _client.Ask(new() { Verb = Verbs.Status }).Report?.Node);
    }
}
