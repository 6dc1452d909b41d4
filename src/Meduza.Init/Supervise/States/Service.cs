using Meduza.Gateway.Render;
using Meduza.Init.Supervise.Processes;
using Meduza.Linux;
using Meduza.Linux.Events;
using Meduza.Linux.Process;

namespace Meduza.Init.Supervise.States;

/// <summary>What every service shares.</summary>
/// <param name="Changed">Called after every change of a service's state.</param>
internal sealed record ServiceContext(
    TimeProvider Time, Timers Timers, IProcesses Processes, RestartPolicy Policy, Action<Service> Changed);

/// <summary>
/// One supervised service: its definition, its state, its process. What it goes through is written down in
/// docs/design/supervision.md; this part has what happens to it, <c>Service.Requests.cs</c> what is asked of it.
/// </summary>
internal sealed partial class Service
{
    private static readonly TimeSpan FirstProbe = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan SlowestProbe = TimeSpan.FromMilliseconds(200);

    private readonly ServiceContext _context;
    private readonly LoopTimer _retry;
    private readonly LoopTimer _probing;
    private readonly LoopTimer _stopLimit;
    private readonly LoopTimer _reloading;
    private IProcess? _process;
    private ServiceDefinition _running;
    private IReadinessProbe? _probe;
    private TimeSpan _probeDelay;
    private RestartState _restart;
    private bool _unasked;

    public Service(ServiceDefinition definition, ServiceContext context)
    {
        (Definition, _running, _context) = (definition, definition, context);
        _retry = context.Timers.Create(() => Wait(unasked: true));
        _probing = context.Timers.Create(Probe);
        _stopLimit = context.Timers.Create(() => _process?.KillAll());
        _reloading = context.Timers.Create(TryReload);
    }

    public string Name => Definition.Name;

    /// <summary>The definition in force; a process that is being stopped may have been started from an earlier one.</summary>
    public ServiceDefinition Definition { get; private set; }

    public ServiceState State { get; private set; }

    /// <summary>True when it is to run: it then never rests in <see cref="ServiceState.Down"/>.</summary>
    public bool Wanted { get; private set; }

    /// <summary>True once it was removed and has no process any more.</summary>
    public bool IsForgotten => _removed && State == ServiceState.Down;

    public bool HasProcess => _process is not null;

    /// <summary>0 while there is no process.</summary>
    public int Pid => _process?.Pid ?? 0;

    /// <summary>Which of its processes the present (or last) one is, from 1.</summary>
    public int Serial { get; private set; }

    /// <summary>Timestamp of the clock just before the last process was started.</summary>
    public long StartedAt => _restart.StartedAt;

    /// <summary>How often it was started again without being asked to.</summary>
    public int Restarts { get; private set; }

    /// <summary>How its last process ended, in words; null before the first end.</summary>
    public string? LastExit { get; private set; }

    /// <summary>What it waits for, in words; null when for nothing.</summary>
    public string? WaitingFor { get; private set; }

    /// <summary>A service that must be ready first is not.</summary>
    /// <returns>True when that is news.</returns>
    public bool WaitFor(string what)
    {
        var news = WaitingFor != what;
        WaitingFor = what;
        return news;
    }

    /// <summary>All that it waited for is ready: starts the process.</summary>
    public void Proceed()
    {
        if (State != ServiceState.Waiting)
            return;
        _running = Definition;
        _restart = _context.Policy.Started(_restart);
        Serial++;
        if (_unasked)
            Restarts++;
        try
        {
            _process = _context.Processes.Start(_running, Executed);
        }
        catch (Exception e) when (e is LinuxException or ArgumentException)
        {
            Fail($"cannot be started: {e.Message}");
            return;
        }
        Enter(ServiceState.Starting);
    }

    /// <summary>Its process ended and was collected.</summary>
    public void Exited(Exit exit)
    {
        var process = _process;
        if (process is null)
            return;
        var stopping = State == ServiceState.Stopping;
        _process = null;
        _probing.Stop();
        _stopLimit.Stop();
        _reloading.Stop();
        _reloadSince = null;
        DropProbe();

        var how = process.Ended(exit);
        if (!stopping)
        {
            Fail(how);
            return;
        }
        LastExit = how;
        if (Wanted)
            Wait(unasked: false);
        else
            Enter(ServiceState.Down);
    }

    private void Wait(bool unasked)
    {
        _unasked = unasked;
        Enter(ServiceState.Waiting);
    }

    private void Fail(string how)
    {
        LastExit = how;
        (_restart, var delay) = _context.Policy.Decide(_restart);
        if (delay == TimeSpan.Zero)
        {
            Wait(unasked: true);
            return;
        }
        _retry.Start(delay);
        Enter(_restart.IsFailing ? ServiceState.Failing : ServiceState.Backoff);
    }

    private void Executed()
    {
        if (State != ServiceState.Starting)
            return;
        if (_running.Readiness.Kind == ReadinessKind.Started)
        {
            BecomeReady();
            return;
        }
        _probe = _context.Processes.Probe(_running.Readiness);
        _probeDelay = FirstProbe;
        _probing.Start(_probeDelay);
    }

    private void Probe()
    {
        if (_probe?.IsReady() == true)
        {
            BecomeReady();
            return;
        }
        _probeDelay = Slower(_probeDelay);
        _probing.Start(_probeDelay);
    }

    private void BecomeReady()
    {
        DropProbe();
        Enter(ServiceState.Ready);
        if (_reloadSince is not null)
            TryReload();
    }

    private void DropProbe()
    {
        _probe?.Dispose();
        _probe = null;
    }

    private void Enter(ServiceState state)
    {
        State = state;
        if (state != ServiceState.Waiting)
            WaitingFor = null;
        _context.Changed(this);
    }

    private static TimeSpan Slower(TimeSpan delay) => delay * 2 < SlowestProbe ? delay * 2 : SlowestProbe;
}
