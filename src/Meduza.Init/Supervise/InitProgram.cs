using System.Globalization;
using Meduza.Init.Agent;
using Meduza.Init.Control;
using Meduza.Init.Control.Server;
using Meduza.Init.Supervise.Boot;
using Meduza.Init.Supervise.Boot.Machine;
using Meduza.Init.Supervise.Continuation;
using Meduza.Init.Supervise.Logs;
using Meduza.Init.Supervise.Processes;
using Meduza.Init.Supervise.States;
using Meduza.Linux;
using Meduza.Linux.Events;
using Meduza.Linux.Process;
using static Tmds.Linux.LibC;

namespace Meduza.Init.Supervise;

/// <summary>
/// <c>meduza-init</c> without arguments: PID 1, or the same supervisor as somebody's child. One thread, one loop; it
/// ends by a signal to stop and by nothing else: after a fault it goes on in place, see <c>InitProgram.Continuation.cs</c>.
/// </summary>
internal sealed partial class InitProgram : IDisposable
{
    private const string LogFolder = "/var/log";

    /// <summary>A folder that is listed, a file in it, a control group's file, and one to spare.</summary>
    private const int SpareCount = 4;

    private static readonly TimeSpan DefaultRetryInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ControlRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DeviceRetry = TimeSpan.FromSeconds(1);

    // Before anything else is opened: their numbers are the lowest.
    private readonly SpareDescriptors _spare = new(SpareCount);
    private readonly EventLoop _loop = new(TimeProvider.System);
    private readonly ConsoleOutput _console = new(1);
    private readonly SignalReader _signals = new(Signals.Blockable);
    private readonly Role _role;
    private readonly Logs.Logs _logs;
    private readonly ProcessLimits _limits;
    private readonly StagedSpawn _stage = new();
    private readonly ServiceCgroups _cgroups;
    private readonly Strays _strays;
    private readonly NotifySocket _notify;
    private readonly Supervisor _supervisor;
    private readonly LoopTimer _listenAgain;
    private readonly LoopTimer _settleDown;
    private ControlServer? _control;
    private PowerButton? _button;
    private bool _restartMachine;
    private bool _ended;

    /// <param name="predecessor">The image of this PID 1 before; null in its first.</param>
    private InitProgram(Role role, Predecessor? predecessor)
    {
        _role = role;
        _predecessor = predecessor;
        _binary = predecessor?.Binary ?? Descriptor.Open("/proc/self/exe", O_PATH);
        _limits = predecessor?.Known is { } known ? ProcessLimits.Resume(known.Limits) : ProcessLimits.Take();
        var logFolder = Environment.GetEnvironmentVariable("MEDUZA_LOG") is { Length: > 0 } folder ? folder : LogFolder;
        _logs = new(logFolder, _loop, _console);
        _loop.Faulted = Faulted;
        _cgroups = new(_logs.Say);
        _strays = new(_cgroups);
        _notify = new(_loop, _logs.Say);
        var random = new Random();
        _supervisor = new(
            TimeProvider.System, _loop.Timers,
            new StagedProcesses(_loop, _logs, _stage, _binary, _limits, _cgroups, _strays, _notify, predecessor?.Descriptors),
            new RestartPolicy(TimeProvider.System, RetryInterval(), random.NextDouble));
        _supervisor.Faulted = Faulted;
        _supervisor.Changed += Record;
        _supervisor.Lost += service => _logs.Say($"warning: {service.Name}: {service.LastExit}; starting it again");
        _listenAgain = _loop.Timers.Create(() => Listen(null));
        _settleDown = _loop.Timers.Create(SettleDown);
        _loop.Watch(_signals.Descriptor, Ready.Read, _ => HandleSignals());
        _stateFile = predecessor is null ? StateFile.Create() : new(predecessor.State);
        _keeper = new(_stateFile, _loop.Timers, () => Keep(withTails: false), _logs.Say);
        _upgrade = new(_loop, _binary, WriteState);
        _proved = _loop.Timers.Create(Prove);
    }

    /// <summary>Runs until it is told to stop.</summary>
    /// <returns>0: all that ran was ended in order. On a machine of its own it does not return, unless the kernel refused to end it.</returns>
    public static int Run()
    {
        OwnProcess.KeepStandardDescriptors();
        if (FirstRoot.IsHere)
            FirstRoot.Leave();
        using var predecessor = Predecessor.Find();
        OwnProcess.SetName("meduza-init");
        var notes = new List<string>();
        if (Environment.ProcessId == 1)
            Ground.MountProc(notes.Add);
        var role = Roles.Find();
        if (role != Role.Child && predecessor is null)
            GivenSettings.Take(role == Role.Machine, notes.Add);
        using var program = new InitProgram(role, predecessor);
        return program.RunLoop(notes);
    }

    public void Dispose()
    {
        _control?.Dispose();
        _button?.Dispose();
        _logs.Dispose();
        _console.Dispose();
        _signals.Dispose();
        _stateFile.Dispose();
        _binary.Dispose();
        _stage.Dispose();
        _notify.Dispose();
        _loop.Dispose();
        _spare.Dispose();
    }

    private int RunLoop(List<string> notes)
    {
        if (_predecessor is null)
            Begin(notes);
        else
            GoOn(_predecessor);
        while (!_ended)
            TurnOnce();
        return End();
    }

    private void Begin(List<string> notes)
    {
        if (_role != Role.Child)
            Ground.MountFileSystems(notes.Add);
        if (_role == Role.Machine)
            TakeNetwork(OwnMachine.Prepare(notes.Add));
        // Before the first line is said: the folder of the logs may be writable only afterwards.
        Ground.Lay(_role != Role.Child, Path.GetDirectoryName(ControlSocket.Path) ?? "/", _logs.Folder, notes.Add);
        _logs.Say($"{BuildInfo.Version} started as pid {Environment.ProcessId}");
        notes.ForEach(_logs.Say);
        if (_role == Role.Child)
            OwnProcess.AdoptOrphans();
        else
            _cgroups.Take();
        if (_role == Role.Machine)
            PowerControl.TakeCtrlAltDel();
        WatchButton();
        Listen(null);
        DefineOwn();
        Arm();
    }

    /// <summary>The services that are PID 1's own; what is defined so already is left as it is.</summary>
    private void DefineOwn()
    {
        if (EtcdService.Prepare(Environment.GetEnvironmentVariable(EtcdSettings.EndpointsVariable), _logs.Say) is { } etcd)
            _supervisor.Define(etcd);
        _supervisor.Define(AgentService.Definition);
    }

    /// <summary>When nothing has changed for a while: the garbage, buffers and pages of the change go back to the kernel.</summary>
    private static void SettleDown()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        ProgramPages.Release();
    }

    /// <summary>Without its socket nothing can be told to PID 1, and the agent can tell it nothing: it is tried until it is there.</summary>
    /// <param name="listener">The one that an earlier image made.</param>
    private void Listen(Descriptor? listener)
    {
        try
        {
            _control = new(ControlSocket.Path, _loop, _supervisor, _logs, listener) { Continuity = this };
            _control.Served += () => _settleDown.Start(Quiet);
            _control.Changed += _keeper.Changed;
            _keeper.Changed();
        }
        catch (Exception e) when (e is LinuxException or ArgumentException)
        {
            _logs.Say($"error: no control socket: {e.Message}; trying again");
            _listenAgain.Start(ControlRetry);
        }
    }

    /// <summary>Devices that are not there yet are looked for from time to time.</summary>
    private void TakeNetwork(MachineNetwork network)
    {
        if (network.IsDone)
            return;
        LoopTimer? again = null;
        again = _loop.Timers.Create(() =>
        {
            network.Try();
            if (!network.IsDone)
                again!.Start(DeviceRetry);
        });
        again.Start(DeviceRetry);
    }

    private void HandleSignals()
    {
        var reap = false;
        while (_signals.TryRead(out var signal))
        {
            if (signal == SIGCHLD)
                reap = true;
            else if (signal == SIGTERM || signal == SIGINT)
                BeginStop(Signals.Name(signal), signal == SIGINT);
            else if (signal == SIGUSR1)
                RequestReconcile();
            else if (signal == SIGHUP)
                _logs.Reopen();
        }
        if (reap)
            Reap();
    }

    /// <summary>
    /// SIGCHLD is coalesced: all that ended is collected. What a service's process left behind is killed while the
    /// process is still uncollected, so that its number cannot have come to mean another. Where that fails it is told, and
    /// what ended is collected all the same: nobody would come back for it.
    /// </summary>
    private void Reap()
    {
        while (Reaper.TryPeek(out var exit))
        {
            if (_supervisor.Owner(exit.Pid) is { } service)
                KillStrays(service.Name, exit.Pid);
            Reaper.TryReap(exit.Pid, out _);
            _supervisor.Exited(exit);
            _upgrade.Exited(exit);
        }
        _cgroups.RemoveEmpty();
    }

    private void KillStrays(string service, int pid)
    {
        try
        {
            try
            {
                _strays.Kill(service, pid);
            }
            catch (Exception e) when (e is LinuxException or IOException)
            {
                _spare.Lend(() => _strays.Kill(service, pid));
            }
        }
        catch (Exception e)
        {
            _logs.Say($"warning: {service}: what it may have left running could not be looked for: {e.Message}");
        }
    }

    private void Faulted(Exception fault) => _logs.Say($"error: a fault in PID 1, which goes on: {fault}");

    private void WatchButton()
    {
        if (_role == Role.Machine)
            _button = PowerButton.Watch(_loop, () => BeginStop("the power button", restart: false), _logs.Say);
    }

    /// <param name="cause">What asked for it.</param>
    /// <param name="restart">True for a machine that comes up again: SIGINT is what Ctrl-Alt-Del became.</param>
    private void BeginStop(string cause, bool restart)
    {
        if (_supervisor.IsShuttingDown)
            return;
        _logs.Say($"stopping on {cause}");
        _restartMachine = restart;
        _supervisor.Shutdown(() => _ended = true);
        _keeper.Changed();
    }

    private void RequestReconcile()
    {
        _control?.RequestReconcile();
        _keeper.Changed();
    }

    private int End()
    {
        Linux.Process.Continuation.Disarm();
        _control?.Dispose();
        _control = null;
        LastOrphans.End(_role);
        _logs.Say("stopped");
        if (_role == Role.Machine)
        {
            // An open log file keeps its disk in use, and what is said of one mount would open it again.
            _logs.Reopen();
            var failures = new List<LinuxException>();
            PowerControl.SyncAndUnmount(failures.Add);
            failures.ForEach(failure => _logs.Say($"warning: {failure.Message}"));
            _logs.Say($"error: {PowerControl.End(_restartMachine).Message}");
            return 1;
        }
        return 0;
    }

    /// <summary>What a person reads in the log: that something failed, and what happens next.</summary>
    private void Record(Service service)
    {
        if (service.IsForgotten)
        {
            _logs.Close(service.Name);
            _cgroups.Forget(service.Name);
        }
        _settleDown.Start(Quiet);
        _keeper.Changed();
        if (service.State is ServiceState.Unhealthy)
            _logs.Say($"warning: {service.Name} is unhealthy: waits for {service.WaitingFor}");
        else if (service.State is ServiceState.Backoff)
            _logs.Say($"warning: {service.Name}: {service.LastExit}; starting it again shortly");
        else if (service.State is ServiceState.Failing)
            _logs.Say($"error: {service.Name} is failing: {service.LastExit}; it is tried again from time to time");
    }

    private static TimeSpan RetryInterval() =>
        int.TryParse(
            Environment.GetEnvironmentVariable("SUPERVISOR_RETRY_INTERVAL"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : DefaultRetryInterval;
}
