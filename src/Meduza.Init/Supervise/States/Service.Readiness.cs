using Meduza.Gateway.Render;
using Meduza.Init.Supervise.Processes;
using Meduza.Linux.Events;

namespace Meduza.Init.Supervise.States;

/// <summary>From the spawn to readiness.</summary>
internal sealed partial class Service
{
    private static readonly TimeSpan FirstProbe = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan SlowestProbe = TimeSpan.FromMilliseconds(200);

    private readonly LoopTimer _probing;
    private readonly LoopTimer _startLimit;
    private IReadinessProbe? _probe;
    private TimeSpan _probeDelay;

    private void LimitStart()
    {
        if (_running.StartTimeoutMilliseconds > 0)
            _startLimit.Start(TimeSpan.FromMilliseconds(_running.StartTimeoutMilliseconds));
    }

    private void AtStartLimit() => EndForFailure(
        $"not {(_running.Kind == ServiceKind.Oneshot ? "done" : "ready")} within {_running.StartTimeoutMilliseconds / 1000.0:0.###} s", isQuick: true);

    private void Executed()
    {
        if (State != ServiceState.Starting || _running.Kind == ServiceKind.Oneshot)
            return;
        if (_running.Readiness.Kind == ReadinessKind.Started)
        {
            BecomeReady();
        }
        else if (ReadinessProbes.CanLookFor(_running.Readiness.Kind))
        {
            _probe = _process!.Probe(_running.Readiness);
            _probeDelay = FirstProbe;
            _probing.Start(_probeDelay);
        }
    }

    /// <summary>
    /// Its process says something of itself. It can say so before word of its execution is here. The status text is no
    /// change of anything: nobody is told, it is there for who asks.
    /// </summary>
    private void Noticed(Notice notice)
    {
        const string Reloading = "reloading";
        StatusText = notice.Status
            ?? (notice.IsReloading ? Reloading : notice.IsReady && StatusText == Reloading ? null : StatusText);
        if (notice.IsReady && State == ServiceState.Starting
            && _running is { Kind: ServiceKind.Daemon, Readiness.Kind: ReadinessKind.NotifyDescriptor or ReadinessKind.NotifySocket })
            BecomeReady();
        else if (notice.IsStopping && State is ServiceState.Starting or ServiceState.Ready or ServiceState.Unhealthy)
            StopByItself();
    }

    /// <summary>It needs no signal, but it has its limit; and whatever it exits with, nobody asked it to.</summary>
    private void StopByItself()
    {
        EndWatching();
        _failure = new(null, IsQuick: false);
        _stopLimit.Start(TimeSpan.FromMilliseconds(_running.StopTimeoutMilliseconds));
        Enter(ServiceState.Stopping);
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
        _startLimit.Stop();
        _probing.Stop();
        DropProbe();
        _complaint = null;
        BeginChecks();
        Enter(ServiceState.Ready);
        if (_reloadSince is not null)
            TryReload();
    }

    /// <summary>Nothing of the present process is looked at or waited for any more.</summary>
    private void EndWatching()
    {
        _startLimit.Stop();
        _probing.Stop();
        _reloading.Stop();
        _reloadSince = null;
        DropProbe();
        EndChecks();
    }

    private void DropProbe()
    {
        _probe?.Dispose();
        _probe = null;
    }

    private static TimeSpan Slower(TimeSpan delay) => delay * 2 < SlowestProbe ? delay * 2 : SlowestProbe;
}
