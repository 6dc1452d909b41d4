using Meduza.Gateway.Render;
using Meduza.Init.Supervise.States;
using Meduza.Linux.Events;
using Meduza.Linux.Process;

namespace Meduza.Init.Tests.Supervise;

/// <summary>A supervisor on a clock that the test moves, over processes that the test lets live and die.</summary>
internal sealed class SupervisorBench
{
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(30);

    /// <param name="time">That of another bench, which this one follows; null is one of its own.</param>
    public SupervisorBench(ManualTime? time = null)
    {
        Time = time ?? new();
        Timers = new(Time);
        Supervisor = new(Time, Timers, Processes, new(Time, RetryInterval, () => 0));
        Supervisor.Changed += service => States.Add($"{service.Name} {service.State}");
    }

    public ManualTime Time { get; }
    public Timers Timers { get; }
    public FakeProcesses Processes { get; } = new();
    public Supervisor Supervisor { get; }

    /// <summary>Every change of a state, in order.</summary>
    public List<string> States { get; } = [];

    public static ServiceDefinition Definition(string name, params string[] after) =>
        new() { Name = name, Component = name, Command = ["/bin/" + name], After = [.. after] };

    public static ServiceDefinition Requiring(string name, params string[] required) =>
        new() { Name = name, Component = name, Command = ["/bin/" + name], Requires = [.. required] };

    public Service this[string name] => Supervisor.Find(name) ?? throw new InvalidOperationException($"no service {name}");

    public ServiceState State(string name) => this[name].State;

    /// <summary>The present process of a service.</summary>
    public FakeProcess Process(string name) => Processes.Started.Last(p => p.Definition.Name == name && !p.IsGone);

    public Service Define(string name, params string[] after)
    {
        Supervisor.Define(Definition(name, after));
        return this[name];
    }

    public Service Define(ServiceDefinition definition)
    {
        Supervisor.Define(definition);
        return this[definition.Name];
    }

    /// <summary>Its program runs.</summary>
    public void Execute(string name) => Process(name).Execute();

    /// <summary>Its process ends and is collected.</summary>
    public void Exit(string name, int code = 0, int signal = 0) => Supervisor.Exited(new Exit(Process(name).Pid, code, signal));

    /// <summary>Defines it and lets it become ready.</summary>
    public Service Up(string name, params string[] after)
    {
        var service = Define(name, after);
        Execute(name);
        Assert.Equal(ServiceState.Ready, service.State);
        return service;
    }

    public Service Up(ServiceDefinition definition)
    {
        var service = Define(definition);
        Execute(definition.Name);
        Assert.Equal(ServiceState.Ready, service.State);
        return service;
    }

    /// <summary>Lets time pass, each timer at its own moment.</summary>
    public void Pass(TimeSpan time)
    {
        while (Timers.UntilNext() is { } next && next <= time)
        {
            Time.Advance(next);
            time -= next;
            Timers.RunDue();
        }
        Time.Advance(time);
    }

    public void Pass(double seconds) => Pass(TimeSpan.FromSeconds(seconds));
}
