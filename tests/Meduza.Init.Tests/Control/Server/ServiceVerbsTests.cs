using Meduza.Init.Control;
using Meduza.Init.Supervise.States;
using Meduza.Init.Tests.Supervise;

namespace Meduza.Init.Tests.Control.Server;

public sealed class ServiceVerbsTests : IDisposable
{
    private readonly ControlBench _bench = new();
    private readonly TestClient _client;

    public ServiceVerbsTests() => _client = _bench.Connect();

    public void Dispose()
    {
        _client.Dispose();
        _bench.Dispose();
    }

    private static ControlRequest Request(string verb, params string[] services) => new() { Id = 7, Verb = verb, Services = [.. services] };

    [Fact]
    public void Status_shows_all_services_or_those_named()
    {
        _bench.Up("a");
        _bench.Up("b");

        Assert.Equal(["a", "b"], _client.Ask(Request(Verbs.Status)).Services.Select(s => s.Name));
        var b = Assert.Single(_client.Ask(Request(Verbs.Status, "b")).Services);
        Assert.Equal(("b", ServiceStates.Ready, _bench.Processes.Started[1].Pid), (b.Name, b.State, b.Pid));
    }

    [Theory]
    [InlineData(Verbs.Status)]
    [InlineData(Verbs.Start)]
    [InlineData(Verbs.Stop)]
    [InlineData(Verbs.Restart)]
    [InlineData(Verbs.Reload)]
    [InlineData(Verbs.Logs)]
    public void A_service_that_is_not_there_is_named(string verb) =>
        Assert.Contains("\"nobody\"", _client.Ask(Request(verb, "nobody")).Error, StringComparison.Ordinal);

    [Theory]
    [InlineData(Verbs.Start)]
    [InlineData(Verbs.Stop)]
    [InlineData(Verbs.Restart)]
    [InlineData(Verbs.Reload)]
    public void No_verb_acts_on_everything_for_want_of_a_name(string verb)
    {
        var process = _bench.Up("a");

        Assert.NotNull(_client.Ask(Request(verb)).Error);

        Assert.Empty(process.Got);
    }

    [Fact]
    public void Reload_is_the_signal_to_one_that_has_one_and_an_error_for_one_that_has_none()
    {
        _bench.Supervisor.Define(SupervisorBench.Definition("a") with { ReloadSignal = 1 });
        var process = _bench.Processes.Started[^1];
        process.Execute();
        process.Handled.Add(1);

        Assert.Null(_client.Ask(Request(Verbs.Reload, "a")).Error);
        Assert.Equal([1], process.Got);

        var deaf = _bench.Up("b");
        Assert.Contains("meduza restart b", _client.Ask(Request(Verbs.Reload, "a", "b")).Error, StringComparison.Ordinal);
        Assert.Equal([1], process.Got);
        Assert.Empty(deaf.Got);
    }

    [Fact]
    public void Define_is_answered_as_soon_as_it_is_under_way()
    {
        var definition = SupervisorBench.Definition("a");

        var reply = _client.Ask(new() { Id = 1, Verb = Verbs.Define, Definition = definition });

        Assert.Equal(("started", ServiceStates.Starting), (reply.Action, reply.Services[0].State));
        Assert.Equal("unchanged", _client.Ask(new() { Id = 2, Verb = Verbs.Define, Definition = definition }).Action);
    }

    [Fact]
    public void A_wrong_definition_and_one_of_the_agent_are_refused()
    {
        Assert.NotNull(_client.Ask(new() { Verb = Verbs.Define }).Error);
        Assert.NotNull(_client.Ask(new() { Verb = Verbs.Define, Definition = SupervisorBench.Definition("../a") }).Error);
        Assert.NotNull(_client.Ask(new() { Verb = Verbs.Define, Definition = SupervisorBench.Definition("agent") }).Error);
        Assert.NotNull(_client.Ask(Request(Verbs.Remove, "agent")).Error);

        Assert.Empty(_bench.Supervisor.Services);
    }

    [Fact]
    public void A_definition_that_closes_a_circle_of_requirements_is_refused_and_the_circle_named()
    {
        _bench.Supervisor.Define(SupervisorBench.Requiring("a", "b"));

        var reply = _client.Ask(new() { Id = 1, Verb = Verbs.Define, Definition = SupervisorBench.Requiring("b", "a") });

        Assert.Contains("b → a → b", reply.Error, StringComparison.Ordinal);
        Assert.Null(_bench.Supervisor.Find("b"));
    }

    [Fact]
    public void Start_of_a_oneshot_is_answered_when_it_is_completed_and_starts_what_it_requires()
    {
        var @base = _bench.Up("base");
        _bench.Supervisor.Define(SupervisorBench.Requiring("once", "base") with { Kind = Meduza.Gateway.Render.ServiceKind.Oneshot });
        _bench.Exit(_bench.Processes.Started[^1]);
        _client.Send(Request(Verbs.Stop, "base"));
        _bench.Settle();
        _bench.Exit(@base);
        Assert.Equal(ServiceStates.Down, _client.Receive()!.Services[0].State);

        _client.Send(Request(Verbs.Start, "once"));
        _bench.Settle();
        _bench.Processes.Started[^1].Execute();
        Assert.True(_client.IsQuiet());
        _bench.Exit(_bench.Processes.Started[^1]);

        Assert.Equal(ServiceStates.Completed, _client.Receive()!.Services[0].State);
    }

    [Fact]
    public void Stop_is_answered_when_the_process_is_gone()
    {
        var process = _bench.Up("a");
        _client.Send(Request(Verbs.Stop, "a"));
        Assert.True(_client.IsQuiet());

        _bench.Exit(process);

        var reply = _client.Receive()!;
        Assert.Equal((7L, ServiceStates.Down, false), (reply.Id, reply.Services[0].State, reply.NotYet));
    }

    [Fact]
    public void Start_is_answered_when_it_is_ready()
    {
        var process = _bench.Up("a");
        _bench.Supervisor.Find("a")!.Stop();
        _bench.Exit(process);
        _client.Send(Request(Verbs.Start, "a"));
        Assert.True(_client.IsQuiet());

        _bench.Processes.Started[^1].Execute();

        Assert.Equal(ServiceStates.Ready, _client.Receive()!.Services[0].State);
    }

    [Fact]
    public void Restart_is_answered_by_the_new_process_not_by_the_old()
    {
        var process = _bench.Up("a");
        _client.Send(Request(Verbs.Restart, "a"));
        Assert.True(_client.IsQuiet());
        _bench.Exit(process);
        Assert.True(_client.IsQuiet());

        _bench.Processes.Started[^1].Execute();

        Assert.Equal(_bench.Processes.Started[^1].Pid, _client.Receive()!.Services[0].Pid);
    }

    [Fact]
    public void What_does_not_come_about_in_time_is_not_yet()
    {
        _bench.Up("a");

        var reply = _client.Ask(Request(Verbs.Stop, "a") with { TimeoutMilliseconds = 1 });

        Assert.Equal((true, null, ServiceStates.Stopping), (reply.NotYet, reply.Error, reply.Services[0].State));
    }

    [Fact]
    public void A_start_that_somebody_stops_fails_instead_of_waiting()
    {
        _bench.Supervisor.Define(SupervisorBench.Definition("a"));
        _client.Send(Request(Verbs.Start, "a"));
        Assert.True(_client.IsQuiet());

        _bench.Supervisor.Find("a")!.Stop();

        Assert.NotNull(_client.Receive()!.Error);
    }

    [Fact]
    public void Remove_is_answered_when_the_process_is_gone_and_at_once_for_what_is_not_there()
    {
        var process = _bench.Up("a");
        Assert.Null(_client.Ask(Request(Verbs.Remove, "nobody")).Error);
        _client.Send(Request(Verbs.Remove, "a"));
        Assert.True(_client.IsQuiet());

        _bench.Exit(process);

        Assert.Null(_client.Receive()!.Error);
        Assert.Null(_bench.Supervisor.Find("a"));
    }

    [Fact]
    public void Remove_is_answered_even_when_the_name_is_taken_again_meanwhile()
    {
        var process = _bench.Up("a");
        _client.Send(Request(Verbs.Remove, "a"));
        _bench.Settle();
        _bench.Supervisor.Define(SupervisorBench.Definition("a"));

        _bench.Exit(process);

        Assert.Null(_client.Receive()!.Error);
        Assert.Equal(ServiceState.Starting, _bench.Supervisor.Find("a")!.State);
    }

    [Fact]
    public void During_the_shutdown_nothing_is_defined_or_started()
    {
        _bench.Up("a");
        _bench.Supervisor.Shutdown(() => { });

        Assert.NotNull(_client.Ask(new() { Verb = Verbs.Define, Definition = SupervisorBench.Definition("b") }).Error);
        Assert.NotNull(_client.Ask(Request(Verbs.Start, "a")).Error);
        Assert.NotNull(_client.Ask(Request(Verbs.Restart, "a")).Error);
    }
}
