using Meduza.Gateway.Render;
using Meduza.Init.Agent.Reconcile;
using Meduza.Init.Control;

namespace Meduza.Init.Tests.Agent.Reconcile;

/// <summary>When the proxy is started for the first time.</summary>
public sealed class ProxyStartTests
{
    private readonly ManualClock _clock = new();
    private readonly ProxyStart _start;

    public ProxyStartTests() => _start = new(_clock);

    private static ServiceDefinition Mihomo { get; } = new() { Name = TransparentProxy.Service, Component = "clash", Command = ["/usr/bin/mihomo"] };

    private static ServiceStatus Status(ServiceDefinition definition, string state = ServiceStates.Waiting) => new()
    {
        Name = definition.Name, Component = definition.Component, State = state, Pid = 0, UptimeMilliseconds = 0, Restarts = 0, StartedAt = 0, Definition = definition,
    };

    private static ServiceDefinition Held { get; } = Mihomo with { Requires = [ProxyStart.Requirement] };

    [Fact]
    public void It_waits_until_what_it_begins_with_has_come()
    {
        Assert.True(_start.Judge(isWanted: true, null, hasAll: false));
        Assert.Equal((true, ProxyStart.Longest), (_start.IsHeld, _start.Left));
        Assert.False(_start.Judge(isWanted: true, Status(Held), hasAll: false));
        Assert.True(_start.Judge(isWanted: true, Status(Held), hasAll: true));
        Assert.Equal((false, Timeout.InfiniteTimeSpan), (_start.IsHeld, _start.Left));
        // What is fetched later is no first download.
        Assert.False(_start.Judge(isWanted: true, Status(Held), hasAll: false));
    }

    [Fact]
    public void It_waits_for_a_while_only()
    {
        _start.Judge(isWanted: true, null, hasAll: false);
        _clock.Advance(ProxyStart.Longest - TimeSpan.FromSeconds(1));
        Assert.False(_start.Judge(isWanted: true, Status(Held), hasAll: false));
        Assert.Equal(TimeSpan.FromSeconds(1), _start.Left);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, _start.Left);
        Assert.True(_start.Judge(isWanted: true, Status(Held), hasAll: false));
        Assert.False(_start.IsHeld);
    }

    [Fact]
    public void One_that_runs_already_is_not_stopped_for_it_and_one_that_another_agent_held_waits_on()
    {
        Assert.False(_start.Judge(isWanted: true, Status(Mihomo, ServiceStates.Ready), hasAll: false));
        Assert.False(_start.IsHeld);
        var another = new ProxyStart(_clock);
        Assert.True(another.Judge(isWanted: true, Status(Held), hasAll: false));
    }

    [Fact]
    public void When_it_is_switched_on_again_that_is_a_first_start()
    {
        _start.Judge(isWanted: true, null, hasAll: true);
        Assert.False(_start.Judge(isWanted: false, Status(Mihomo, ServiceStates.Ready), hasAll: true));
        Assert.True(_start.Judge(isWanted: true, null, hasAll: false));
    }

    [Fact]
    public void No_commit_waits_for_it_nor_for_what_needs_it()
    {
        var mosdns = new ServiceDefinition { Name = "mosdns", Component = "mosdns", Command = ["/usr/bin/mosdns"], Requires = [TransparentProxy.Service] };
        Assert.False(_start.Excuses(Status(Held)));
        _start.Judge(isWanted: true, null, hasAll: false);
        Assert.True(_start.Excuses(Status(Held)));
        Assert.True(_start.Excuses(Status(mosdns)));
        Assert.False(_start.Excuses(Status(mosdns, ServiceStates.Failing)));
        Assert.False(_start.Excuses(Status(new() { Name = "dnsmasq", Component = "dnsmasq", Command = ["/usr/sbin/dnsmasq"] })));
    }
}
