using Meduza.Gateway.Render;
using Meduza.Init.Agent.Status;
using Meduza.Init.Control;

namespace Meduza.Init.Tests.Agent.Status;

public sealed class AgentWordTests
{
    private const string Lack = "its other end";

    private static ServiceStatus Service(string state, int pid = 7, string? waitingFor = null, ReadinessKind kind = ReadinessKind.Agent) => new()
    {
        Name = "openvpn-a",
        Component = "openvpn/a",
        State = state,
        Pid = pid,
        WaitingFor = waitingFor,
        StartedAt = 0,
        Definition = new() { Name = "openvpn-a", Component = "openvpn/a", Command = ["/bin/true"], Readiness = new(kind, "") },
    };

    [Theory]
    [InlineData("starting", true)]
    [InlineData("unhealthy", true)]
    [InlineData("ready", false)]
    public void PID_1_is_told_where_it_has_it_otherwise(string state, bool isReady) => Assert.True(new AgentWord(7, isReady, Lack).IsNewsOf(Service(state)));

    [Theory]
    [InlineData("ready", true)]
    [InlineData("unhealthy", false)]
    [InlineData("stopping", true)]
    [InlineData("stopping", false)]
    [InlineData("waiting", true)]
    public void It_is_told_nothing_twice_and_nothing_of_one_that_is_going(string state, bool isReady) =>
        Assert.False(new AgentWord(7, isReady, Lack).IsNewsOf(Service(state)));

    [Fact]
    public void What_a_starting_one_waits_for_is_told_once()
    {
        var word = new AgentWord(7, false, Lack);
        Assert.True(word.IsNewsOf(Service("starting", waitingFor: "the agent's word")));
        Assert.False(word.IsNewsOf(Service("starting", waitingFor: Lack)));
    }

    [Theory]
    [InlineData(8, 7)]
    [InlineData(0, 0)]
    public void Word_of_another_process_is_not_this_one_s(int heard, int pid) => Assert.False(new AgentWord(heard, true, Lack).IsNewsOf(Service("starting", pid)));

    [Theory]
    [InlineData("ready", false, true)]
    [InlineData("unhealthy", true, true)]
    [InlineData("ready", true, false)]
    [InlineData("unhealthy", false, false)]
    // Its readiness it shows itself.
    [InlineData("starting", true, false)]
    [InlineData("starting", false, false)]
    public void Of_a_service_whose_health_alone_is_left_to_the_agent_it_is_told_from_readiness_on(string state, bool isReady, bool isNews)
    {
        var service = Service(state, kind: ReadinessKind.BoundUdpPort);
        service = service with { Definition = service.Definition with { Health = new(new(ReadinessKind.Agent, "")) } };
        Assert.Equal(isNews, new AgentWord(7, isReady, Lack).IsNewsOf(service));
    }

    [Fact]
    public void Nothing_is_said_of_a_service_that_shows_its_readiness_itself() =>
        Assert.False(new AgentWord(7, false, Lack).IsNewsOf(Service("ready", kind: ReadinessKind.File)));
}
