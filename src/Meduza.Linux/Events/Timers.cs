namespace Meduza.Linux.Events;

/// <summary>
/// The timers of one thread, on monotonic time: the wall clock may jump by years and none of them moves. Nothing here
/// waits; whoever owns the queue sleeps until <see cref="UntilNext"/> and calls <see cref="RunDue"/>.
/// </summary>
public sealed class Timers(TimeProvider time)
{
    private readonly PriorityQueue<LoopTimer, (TimeSpan Due, long Order)> _timers = new();
    private long _order;

    /// <summary>Monotonic time since an arbitrary moment (the machine's start, on Linux).</summary>
    public TimeSpan Now => time.GetElapsedTime(0);

    /// <summary>A timer that is not running yet.</summary>
    public LoopTimer Create(Action due) => new(this, due);

    /// <summary>Time until the next one is due, never negative; null when none runs.</summary>
    public TimeSpan? UntilNext()
    {
        if (!_timers.TryPeek(out _, out var next))
            return null;
        var left = next.Due - Now;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>
    /// Runs what is due by now, in the order in which it became due; of two for the same moment the one set first. A
    /// timer that is stopped by one before it does not run; one started by another waits for the next call.
    /// </summary>
    public void RunDue()
    {
        var now = Now;
        var last = _order;
        while (_timers.TryPeek(out var timer, out var key) && key.Due <= now && key.Order <= last)
        {
            _timers.Dequeue();
            timer.Run();
        }
    }

    internal void Add(LoopTimer timer, TimeSpan due) => _timers.Enqueue(timer, (due, ++_order));

    // Linear, over the few dozen timers of a supervisor: less than the bookkeeping of an indexed heap.
    internal void Remove(LoopTimer timer) => _timers.Remove(timer, out _, out _);
}

/// <summary>
/// One action at one moment; made once and started as often as needed. Starting it again replaces the earlier moment,
/// and once stopped it does not fire: no timer outlives its reason.
/// </summary>
public sealed class LoopTimer
{
    private readonly Timers _queue;
    private readonly Action _due;

    internal LoopTimer(Timers queue, Action due) => (_queue, _due) = (queue, due);

    public bool IsRunning => Due is not null;

    /// <summary>When it fires, in the time of <see cref="Timers.Now"/>; null while it does not run.</summary>
    public TimeSpan? Due { get; private set; }

    /// <summary>Runs the action once, after <paramref name="delay"/>.</summary>
    public void Start(TimeSpan delay) => StartAt(_queue.Now + delay);

    /// <summary>Runs the action once, at a moment of <see cref="Timers.Now"/>; null stops it.</summary>
    public void StartAt(TimeSpan? due)
    {
        Stop();
        Due = due;
        if (due is { } moment)
            _queue.Add(this, moment);
    }

    public void Stop()
    {
        if (!IsRunning)
            return;
        Due = null;
        _queue.Remove(this);
    }

    internal void Run()
    {
        Due = null;
        _due();
    }
}
