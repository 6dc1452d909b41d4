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
        _startLimit.Stop();
        _probing.Stop();
        DropProbe();
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
    }

    private void DropProbe()
    {
        _probe?.Dispose();
        _probe = null;
    }

    private static TimeSpan Slower(TimeSpan delay) => delay * 2 < SlowestProbe ? delay * 2 : SlowestProbe;
}
