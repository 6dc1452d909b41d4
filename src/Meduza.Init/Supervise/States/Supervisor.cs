using Meduza.Gateway.Render;
using Meduza.Init.Control;
using Meduza.Init.Supervise.Processes;
using Meduza.Linux.Events;
using Meduza.Linux.Process;

namespace Meduza.Init.Supervise.States;

/// <summary>
/// All services of this machine. It holds them, orders their starts, hands each exit to its service, and ends them all
/// in <c>Supervisor.Shutdown.cs</c>.
/// </summary>
internal sealed partial class Supervisor
{
    private readonly Dictionary<string, Service> _services = new(StringComparer.Ordinal);
    private readonly List<Service> _inOrder = [];
    private readonly ServiceContext _context;
    private readonly TimeProvider _time;
    private bool _settling;
    private bool _unsettled;

    public Supervisor(TimeProvider time, Timers timers, IProcesses processes, RestartPolicy policy)
    {
        _time = time;
        _context = new(time, timers, processes, policy, new(time), Find, Holder, OnChanged, service => Lost?.Invoke(service), Contain);
        _paceTimer = timers.Create(ContinueShutdown);
        _deadlineTimer = timers.Create(AtDeadline);
    }

    /// <summary>Called after every change of a service's state, also its last one before it is forgotten.</summary>
    public event Action<Service>? Changed;

    /// <summary>A process has ended that was to run, and the next one is started at once.</summary>
    public event Action<Service>? Lost;

    /// <summary>
    /// Gets what a step of one service or a handler of <see cref="Changed"/> throws, so that a fault is that service's and
    /// the others go on. Null lets it through.
    /// </summary>
    public Action<Exception>? Faulted { get; set; }

    /// <summary>In the order in which they were defined.</summary>
    public IReadOnlyList<Service> Services => _inOrder;

    public Service? Find(string name) => _services.GetValueOrDefault(name);

    /// <summary>The service whose process that is; null for an orphan.</summary>
    public Service? Owner(int pid)
    {
        foreach (var service in _inOrder)
        {
            if (service.Pid == pid)
                return service;
        }
        return null;
    }

    /// <summary>Makes a service be as the definition says.</summary>
    /// <returns>What that took: a value of <see cref="DefineActions"/>.</returns>
    public string Define(ServiceDefinition definition)
    {
        if (IsShuttingDown)
            return DefineActions.Unchanged;
        if (_services.TryGetValue(definition.Name, out var known))
        {
            var action = known.Redefine(definition);
            Settle(); // another After may have let it go
            return action;
        }
        var service = new Service(definition, _context);
        _services.Add(definition.Name, service);
        _inOrder.Add(service);
        if (_found.Remove(service.Name, out var pid))
            service.Adopt(pid);
        else
            service.Start();
        return DefineActions.Started;
    }

    /// <summary>Makes it run, and what it requires too, where somebody stopped that.</summary>
    public void Start(Service service)
    {
        StartRequired(service);
        service.Start();
    }

    /// <summary>An exit was collected. One of no service, an adopted orphan's, needs nothing more.</summary>
    public void Exited(Exit exit)
    {
        if (Owner(exit.Pid) is { } service)
            Contain(service, () => service.Exited(exit));
        else if (_found.FirstOrDefault(found => found.Value == exit.Pid).Key is { } name)
            _found.Remove(name);
    }

    /// <summary>One service as status and events show it.</summary>
    public ServiceStatus Status(Service service)
    {
        var memory = service.Memory;
        return new()
        {
            Name = service.Name,
            Component = service.Definition.Component,
            State = service.State.Word(),
            Pid = service.Pid,
            StartedAt = service.HasProcess ? (long)(service.StartedAt * (1e9 / _time.TimestampFrequency)) : 0,
            UptimeMilliseconds = service.HasProcess ? (long)_time.GetElapsedTime(service.StartedAt).TotalMilliseconds : 0,
            MemoryBytes = memory.Current,
            MemoryPeakBytes = memory.Peak,
            Restarts = service.Restarts,
            LastExit = service.LastExit,
            WaitingFor = service.WaitingFor,
            StatusText = service.StatusText,
            Definition = service.Definition,
        };
    }

    private void OnChanged(Service service)
    {
        if (service.IsForgotten)
        {
            _services.Remove(service.Name);
            _inOrder.Remove(service);
        }
        Tell(service);
        Settle();
        ContinueShutdown();
    }

    private void Tell(Service service)
    {
        try
        {
            Changed?.Invoke(service);
        }
        catch (Exception fault) when (Faulted is not null)
        {
            Faulted(fault);
        }
    }

    private void Contain(Service service, Action step)
    {
        try
        {
            step();
        }
        catch (Exception fault) when (Faulted is not null)
        {
            Faulted(fault);
            service.Recover(fault);
        }
    }

    private void StartRequired(Service service)
    {
        foreach (var name in service.Definition.Requires)
        {
            if (Find(name) is not { } required)
                continue;
            StartRequired(required);
            if (!required.Wanted)
                required.Start();
        }
    }

    /// <summary>A service with a process that must end before that one is asked to. The shutdown has an order of its own.</summary>
    private Service? Holder(Service required)
    {
        if (IsShuttingDown)
            return null;
        foreach (var service in _inOrder)
        {
            if (service.Holds(required))
                return service;
        }
        return null;
    }

    /// <summary>
    /// Starts all waiting services that may start, ends those that must not go on without what they require, and lets go
    /// of those that were held for others to end first. Each changes states and so asks for this again: it goes round
    /// here until nothing moves, instead of deeper into itself.
    /// </summary>
    private void Settle()
    {
        _unsettled = true;
        if (_settling || IsShuttingDown)
            return;
        _settling = true;
        try
        {
            while (_unsettled)
            {
                _unsettled = false;
                for (var i = 0; i < _inOrder.Count; i++)
                {
                    var service = _inOrder[i];
                    // As Contain does, but without an object for every look at every service.
                    try
                    {
                        if (Settle(service))
                            Tell(service);
                    }
                    catch (Exception fault) when (Faulted is not null)
                    {
                        Faulted(fault);
                        service.Recover(fault);
                    }
                }
            }
        }
        finally
        {
            _settling = false;
        }
    }

    /// <returns>True when what it waits for is news.</returns>
    private bool Settle(Service service)
    {
        switch (service.State)
        {
            case ServiceState.Waiting:
                if (StartOrder.Blocker(service, Find) is { } blocker)
                    return service.WaitFor(blocker);
                service.Proceed();
                return false;
            case ServiceState.Stopping:
                return service.Release();
            case ServiceState.Starting or ServiceState.Ready or ServiceState.Unhealthy or ServiceState.Completed:
                return service.Reconsider();
            default:
                return false;
        }
    }
}
