using Meduza.Gateway.Render;
using Meduza.Init.Supervise.Processes;
using Meduza.Linux;
using Meduza.Linux.Events;
using Meduza.Linux.Process;

namespace Meduza.Init.Supervise.States;

/// <summary>What every service shares.</summary>
/// <param name="Find">The service of a name; null when there is none.</param>
/// <param name="Holder">One that must end before the service given may be asked to; null when there is none.</param>
/// <param name="Changed">Called after every change of a service's state, or of what it waits for.</param>
/// <param name="Lost">Called when a process has ended that was to run, and the next one is started at once.</param>
/// <param name="Contain">Runs a step of a service; what it throws is that service's alone.</param>
internal sealed record ServiceContext(
    TimeProvider Time, Timers Timers, IProcesses Processes, RestartPolicy Policy, HealthPolicy Health,
    Func<string, Service?> Find, Func<Service, Service?> Holder, Action<Service> Changed, Action<Service> Lost, Action<Service, Action> Contain);

/// <summary>
/// One supervised service: its definition, its state, its process. What it goes through is written down in
/// docs/design/supervision.md. This part has the life of its processes; <c>Service.Requests.cs</c> has what is asked of
/// it, <c>Service.Readiness.cs</c> how it becomes ready, <c>Service.Health.cs</c> whether it stays so, <c>Service.Requirements.cs</c> what others do to it.
/// </summary>
internal sealed partial class Service
{
    private readonly ServiceContext _context;
    private readonly LoopTimer _retry;
    private IProcess? _process;
    private ServiceDefinition _running;
    private RestartState _restart;
    private OwnFailure? _failure;
    private bool _unasked;

    /// <summary>Why PID 1 (or the process itself) ended a process that is wanted: when it is gone, that is a failure.</summary>
    /// <param name="Why">In words; null when the exit says it all.</param>
    /// <param name="IsQuick">True when it counts as a quick failure however long the process ran.</param>
    private readonly record struct OwnFailure(string? Why, bool IsQuick);

    public Service(ServiceDefinition definition, ServiceContext context)
    {
        (Definition, _running, _context) = (definition, definition, context);
        _retry = Timer(() => Wait(unasked: true));
        _probing = Timer(Probe);
        _checking = Timer(Check);
        _startLimit = Timer(AtStartLimit);
        _stopLimit = Timer(() => _process?.KillAll());
        _reloading = Timer(TryReload);
    }

    public string Name => Definition.Name;

    /// <summary>The definition in force; a process that is being stopped may have been started from an earlier one.</summary>
    public ServiceDefinition Definition { get; private set; }

    public ServiceState State { get; private set; }

    /// <summary>True when it does what it is there for: those that require it may start.</summary>
    public bool IsUp => State is ServiceState.Ready or ServiceState.Completed;

    /// <summary>True when it is to run: it then never rests in <see cref="ServiceState.Down"/>.</summary>
    public bool Wanted { get; private set; }

    /// <summary>True once it was removed and has no process any more.</summary>
    public bool IsForgotten => _removed && State == ServiceState.Down;

    public bool HasProcess => _process is not null;

    /// <summary>0 while there is no process.</summary>
    public int Pid => _process?.Pid ?? 0;

    /// <summary>What its processes use.</summary>
    public MemoryUse Memory => _process?.Memory ?? default;

    /// <summary>Which of its processes the present (or last) one is, from 1.</summary>
    public int Serial { get; private set; }

    /// <summary>Timestamp of the clock just before the last process was started.</summary>
    public long StartedAt => _restart.StartedAt;

    /// <summary>How often it was started again without being asked to.</summary>
    public int Restarts { get; private set; }

    /// <summary>How its last process ended, in words; null before the first end.</summary>
    public string? LastExit { get; private set; }

    /// <summary>What its process last said of itself (<c>STATUS=</c> of sd_notify(3)); null when nothing.</summary>
    public string? StatusText { get; private set; }

    /// <summary>All that it waited for is up: starts the process.</summary>
    public void Proceed()
    {
        if (State != ServiceState.Waiting)
            return;
        _running = Definition;
        _restart = _context.Policy.Started(_restart);
        _failure = null;
        NoteRequired();
        Serial++;
        if (_unasked)
            Restarts++;
        try
        {
            _process = _context.Processes.Start(
                _running, () => _context.Contain(this, Executed), notice => _context.Contain(this, () => Noticed(notice)));
        }
        catch (Exception e) when (e is LinuxException or ArgumentException)
        {
            Fail($"cannot be started: {e.Message}");
            return;
        }
        LimitStart();
        Enter(ServiceState.Starting);
    }

    /// <summary>Its process ended and was collected.</summary>
    /// <param name="unseen">What is to be told instead of the exit, where nobody knows it.</param>
    public void Exited(Exit exit, string? unseen = null)
    {
        var process = _process;
        if (process is null)
            return;
        var stopping = State == ServiceState.Stopping;
        EndWatching();
        _process = null;
        _stopLimit.Stop();
        _held = false;
        StatusText = null;

        var how = process.Ended(exit);
        how = unseen ?? how;
        if (!stopping)
            EndedByItself(how, exit);
        else if (Wanted && _failure is { } failure)
            Fail(failure.Why is { } why ? $"{why} ({how})" : how, failure.IsQuick);
        else
            EndedAsAsked(how);
    }

    private LoopTimer Timer(Action due) => _context.Timers.Create(() => _context.Contain(this, due));

    private void EndedByItself(string how, Exit exit)
    {
        if (_running.Kind == ServiceKind.Daemon)
        {
            Fail(how);
            return;
        }
        // The words of a stage that failed are others than those of the exit.
        if (exit is not { Code: 0, Signal: 0 } || how != exit.ToString())
        {
            Fail(how, isQuick: true);
            return;
        }
        LastExit = how;
        _restart = _restart with { QuickFailures = 0 };
        Enter(ServiceState.Completed);
    }

    private void EndedAsAsked(string how)
    {
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

    private void Fail(string how, bool isQuick = false)
    {
        LastExit = how;
        (_restart, var delay) = _context.Policy.Decide(_restart, isQuick);
        if (delay == TimeSpan.Zero)
        {
            _context.Lost(this);
            Wait(unasked: true);
            return;
        }
        _retry.Start(delay);
        Enter(_restart.IsFailing ? ServiceState.Failing : ServiceState.Backoff);
    }

    private void Enter(ServiceState state)
    {
        State = state;
        _waitingFor = null;
        _context.Changed(this);
    }
}
