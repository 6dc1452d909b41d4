using Meduza.Linux.Events;

namespace Meduza.Init.Supervise.States;

/// <summary>
/// The end of all services, in the reverse of the order in which they were started, but what depends on another always
/// before that other. The next one is asked to stop when the one before has ended, or has had <see cref="Pace"/> and does
/// not depend on it: what works on another is gone before that other is touched, and one that takes its time holds no
/// stranger up. Each has its own limit,
/// and all together have <see cref="Limit"/>: then they are killed, and <see cref="LastLimit"/> later it is over even if
/// the kernel cannot end one of them.
/// </summary>
internal sealed partial class Supervisor
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(22);
    private static readonly TimeSpan LastLimit = TimeSpan.FromSeconds(3);

    private readonly LoopTimer _paceTimer;
    private readonly LoopTimer _deadlineTimer;
    private readonly List<AskedToEnd> _asked = [];
    private List<Service> _toAsk = [];
    private Action? _shutDown;
    private bool _killed;

    public bool IsShuttingDown { get; private set; }

    /// <summary>Ends all services. A second call changes nothing.</summary>
    /// <param name="done">Called once, when no process of a service is left (or can be ended).</param>
    public void Shutdown(Action done)
    {
        if (IsShuttingDown)
            return;
        IsShuttingDown = true;
        foreach (var service in _inOrder.Where(s => !s.HasProcess).ToArray())
            service.Stop();
        _toAsk = InOrderOfEnd(_inOrder.Where(s => s.HasProcess).OrderByDescending(s => s.StartedAt));
        _shutDown = done;
        _deadlineTimer.Start(Limit);
        ContinueShutdown();
    }

    private void ContinueShutdown()
    {
        if (_shutDown is null)
            return;
        while (_toAsk.Count > 0 && MayAsk(_toAsk[0]))
        {
            var next = _toAsk[0];
            _toAsk.RemoveAt(0);
            if (!next.HasProcess)
                continue;
            _asked.Add(new(next, _context.Timers.Now));
            Contain(next, next.Stop); // comes back here by the change of its state
            if (_shutDown is null)
                return;
        }
        if (_inOrder.All(s => !s.HasProcess))
            FinishShutdown();
        else if (_toAsk.Count > 0)
            _paceTimer.Start(Pace);
    }

    /// <summary>The last started first, but one that others depend on (a restart may have made it the last) behind all of them.</summary>
    private List<Service> InOrderOfEnd(IEnumerable<Service> lastStartedFirst)
    {
        var left = lastStartedFirst.ToList();
        var ordered = new List<Service>(left.Count);
        while (left.Count > 0)
        {
            // In a circle all depend on all: then the last started counts.
            var next = left.Find(s => !left.Exists(other => other != s && StartOrder.IsAfter(other, s.Name, Find))) ?? left[0];
            left.Remove(next);
            ordered.Add(next);
        }
        return ordered;
    }

    private sealed record AskedToEnd(Service Service, TimeSpan At);

    private bool MayAsk(Service next)
    {
        foreach (var (earlier, asked) in _asked)
        {
            if (earlier.HasProcess
                && (_context.Timers.Now - asked < Pace || StartOrder.IsAfter(earlier, next.Name, Find)))
                return false;
        }
        return true;
    }

    private void AtDeadline()
    {
        if (_killed)
        {
            FinishShutdown();
            return;
        }
        _killed = true;
        _deadlineTimer.Start(LastLimit);
        foreach (var service in _inOrder.ToArray())
        {
            Contain(service, service.Stop);
            Contain(service, service.Kill);
        }
    }

    private void FinishShutdown()
    {
        var done = _shutDown;
        _shutDown = null;
        _paceTimer.Stop();
        _deadlineTimer.Stop();
        done?.Invoke();
    }
}
