using Meduza.Init.Supervise.Continuation;

namespace Meduza.Init.Supervise.States;

/// <summary>All services from one image of PID 1 to the next.</summary>
internal sealed partial class Supervisor
{
    /// <summary>Processes that go on, of services that are not defined (yet).</summary>
    private readonly Dictionary<string, int> _found = new(StringComparer.Ordinal);

    public IEnumerable<KeptService> Keep() => _inOrder.Select(service => service.Keep());

    /// <summary>The end as far as it has come; null where nobody has asked for it.</summary>
    public KeptShutdown? KeepShutdown(bool restartMachine) => _shutDown is null ? null : new()
    {
        RestartMachine = restartMachine,
        Deadline = _deadlineTimer.Due ?? _context.Timers.Now,
        Killed = _killed,
    };

    /// <summary>Takes the services as they were kept; before anything else is asked of it.</summary>
    /// <param name="faulted">Told of each that could not be taken.</param>
    public void Resume(IEnumerable<KeptService> services, Action<string, Exception> faulted)
    {
        foreach (var kept in services)
        {
            try
            {
                var service = Service.Resume(kept, _context);
                _services.Add(service.Name, service);
                _inOrder.Add(service);
            }
            catch (Exception e)
            {
                faulted(kept.Definition?.Name ?? "?", e);
            }
        }
        Settle();
    }

    /// <summary>
    /// A process that was found alive, with the name of a service on it. It is that service's process, now or when
    /// somebody defines it: a second one is not started beside it.
    /// </summary>
    /// <returns>False when the service has a process already, so that this is something it left behind.</returns>
    public bool Adopt(int pid, string name)
    {
        if (Find(name) is not { } service)
            return _found.TryAdd(name, pid);
        if (service.HasProcess)
            return false;
        service.Adopt(pid);
        return true;
    }

    /// <summary>Goes on with the end of all services. What was asked to stop has been; the limit is the one that it was.</summary>
    public void ResumeShutdown(KeptShutdown kept, Action done)
    {
        Shutdown(done);
        if (_shutDown is null)
            return;
        _killed = kept.Killed;
        _deadlineTimer.StartAt(kept.Deadline);
    }
}
