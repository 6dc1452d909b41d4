using System.Runtime.InteropServices;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Events;

/// <summary>What a descriptor is waited for, and what it is; values of epoll(7).</summary>
[Flags]
public enum Ready
{
    None = 0,
    Read = 1,
    Write = 4,

    /// <summary>Always waited for.</summary>
    Error = 8,

    /// <summary>The other side closed; always waited for.</summary>
    HangUp = 16,
}

/// <summary>
/// One thread's epoll(7) loop, level-triggered: a callback may leave bytes behind (so that no descriptor starves the
/// others) and is called again next turn. In steady state a turn allocates nothing. Not thread-safe, on purpose.
/// </summary>
public sealed unsafe class EventLoop : IDisposable
{
    private const int EventsPerTurn = 64;

    private readonly Descriptor _epoll = Descriptor.FromCall(epoll_create1(EPOLL_CLOEXEC), "epoll_create1", "");
    private readonly List<Watch?> _watches = [];
    private readonly Stack<int> _free = new();
    private readonly epoll_event* _events;
    private uint _generation;

    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public EventLoop(TimeProvider time)
    {
        Timers = new(time);
        _events = (epoll_event*)NativeMemory.AllocZeroed(EventsPerTurn, (nuint)sizeof(epoll_event));
    }

    public Timers Timers { get; }

    /// <summary>
    /// Gets what a callback or a timer throws, so that a fault in one does not stop the loop. Null lets it through.
    /// </summary>
    public Action<Exception>? Faulted { get; set; }

    /// <summary>Calls back whenever the descriptor is ready, until the watch is disposed of, which must be before the descriptor is closed.</summary>
    /// <exception cref="LinuxException">The descriptor cannot be waited for (a regular file), or the watch limit is reached.</exception>
    public Watch Watch(Descriptor descriptor, Ready interest, Action<Ready> callback)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        if (!_free.TryPop(out var slot))
        {
            slot = _watches.Count;
            _watches.Add(null);
        }
        var watch = new Watch(this, descriptor, slot, ++_generation, callback);
        if (Control(EPOLL_CTL_ADD, watch, interest) != 0)
        {
            _free.Push(slot);
            throw LinuxException.Last("epoll_ctl", $"{descriptor.Number}");
        }
        _watches[slot] = watch;
        return watch;
    }

    /// <summary>Waits until something is ready or due, and runs the callbacks of all that is.</summary>
    /// <param name="limit">At most so long; null as long as it takes.</param>
    public void Turn(TimeSpan? limit = null)
    {
        var next = Timers.UntilNext();
        if (limit is { } most && (next is null || most < next))
            next = most;
        // Rounded up: a turn that ends a fraction of a millisecond early would find nothing due, and spin.
        var milliseconds = next is { } wait ? (int)Math.Min(Math.Ceiling(wait.TotalMilliseconds), int.MaxValue) : -1;

        var count = epoll_wait(_epoll.Number, _events, EventsPerTurn, milliseconds);
        if (count < 0 && errno != EINTR)
            throw LinuxException.Last("epoll_wait", "");
        for (var i = 0; i < count; i++)
        {
            var key = _events[i].data.u64;
            var watch = _watches[(int)(uint)key];
            // One that an earlier callback of this turn disposed of, and whose slot may have another owner by now.
            if (watch is not null && watch.Generation == (uint)(key >> 32))
                Run(watch, (Ready)_events[i].events);
        }
        RunTimers();
    }

    public void Dispose()
    {
        _epoll.Dispose();
        NativeMemory.Free(_events);
    }

    internal void Change(Watch watch, Ready interest)
    {
        if (Control(EPOLL_CTL_MOD, watch, interest) != 0)
            throw LinuxException.Last("epoll_ctl", $"{watch.Descriptor.Number}");
    }

    internal void Remove(Watch watch)
    {
        _ = Control(EPOLL_CTL_DEL, watch, Ready.None);
        _watches[watch.Slot] = null;
        _free.Push(watch.Slot);
    }

    private void Run(Watch watch, Ready ready)
    {
        try
        {
            watch.Callback(ready);
        }
        catch (Exception fault) when (Faulted is not null)
        {
            Faulted(fault);
        }
    }

    private void RunTimers()
    {
        try
        {
            Timers.RunDue();
        }
        catch (Exception fault) when (Faulted is not null)
        {
            // Those behind it are still queued: they run in the next turn, which comes at once.
            Faulted(fault);
        }
    }

    private int Control(int operation, Watch watch, Ready interest)
    {
        epoll_event data = default;
        data.events = (int)interest;
        data.data.u64 = (ulong)watch.Generation << 32 | (uint)watch.Slot;
        return epoll_ctl(_epoll.Number, operation, watch.Descriptor.Number, &data);
    }
}

/// <summary>A descriptor that an <see cref="EventLoop"/> waits for.</summary>
public sealed class Watch : IDisposable
{
    private readonly EventLoop _loop;
    private bool _disposed;

    internal Watch(EventLoop loop, Descriptor descriptor, int slot, uint generation, Action<Ready> callback) =>
        (_loop, Descriptor, Slot, Generation, Callback) = (loop, descriptor, slot, generation, callback);

    internal Descriptor Descriptor { get; }
    internal int Slot { get; }
    internal uint Generation { get; }
    internal Action<Ready> Callback { get; }

    /// <summary>Waits for something else from now on; <see cref="Ready.None"/> leaves errors and hang-ups.</summary>
    public void Change(Ready interest)
    {
        if (!_disposed)
            _loop.Change(this, interest);
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _loop.Remove(this);
    }
}
