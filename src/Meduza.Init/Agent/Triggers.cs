namespace Meduza.Init.Agent;

/// <summary>Reasons for the agent to look again. They are levels, not events: any number of one kind is one look.</summary>
[Flags]
internal enum Trigger
{
    None = 0,

    /// <summary>There may be a commit that is not applied.</summary>
    Commit = 1,

    /// <summary>The host records may have changed.</summary>
    Hosts = 2,

    /// <summary>Something on this machine changed: a service's state moved, a step is to be tried again. Compare and mend.</summary>
    Observe = 4,

    /// <summary>Somebody asked for a full reconcile: read everything again, whatever is known.</summary>
    Full = 8,

    /// <summary>What is reported may have changed.</summary>
    Report = 16,

    /// <summary>The kernel told of a change: a device, an address, a rule. What was seen there before counts no more.</summary>
    Kernel = 32,

    /// <summary>Something was fetched that is to be judged.</summary>
    Downloads = 64,
}

/// <summary>
/// The one mailbox of the agent's loop. Raising never waits and never loses: what is raised while the loop works is
/// taken by its next turn, all of it at once.
/// </summary>
internal sealed class Triggers : IDisposable
{
    private readonly SemaphoreSlim _raised = new(0, 1);
    private readonly Lock _lock = new();
    private Trigger _pending;

    public void Raise(Trigger trigger)
    {
        lock (_lock)
        {
            var before = _pending;
            _pending |= trigger;
            if (before == Trigger.None && trigger != Trigger.None)
                _raised.Release();
        }
    }

    /// <summary>Waits until something is raised or the time is over, and takes all that is: nothing in the second case.</summary>
    public async Task<Trigger> TakeAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        if (!await _raised.WaitAsync(timeout, cancellation))
            return Trigger.None;
        lock (_lock)
        {
            var taken = _pending;
            _pending = Trigger.None;
            return taken;
        }
    }

    public void Dispose() => _raised.Dispose();
}
