using Meduza.Gateway.Render;

namespace Meduza.Init.Supervise.States;

/// <summary>What becomes of it by those that it requires, and by those that require it.</summary>
internal sealed partial class Service
{
    private string? _waitingFor;

    /// <summary>Which process of each that <c>_running</c> requires it was started on: their <see cref="Serial"/>s.</summary>
    private int[] _startedOn = [];

    /// <summary>True while its stop signal waits for others to end.</summary>
    private bool _held;

    /// <summary>What it waits for, in words; null when for nothing.</summary>
    public string? WaitingFor => _waitingFor ?? State switch
    {
        ServiceState.Starting => _complaint ?? ReadinessWords.Of(_running),
        ServiceState.Unhealthy => ComplaintWords,
        _ => null,
    };

    /// <summary>False when it stays down until somebody starts or defines something: itself, or what it requires.</summary>
    private bool MayComeUp => Wanted && Definition.Requires.All(name => _context.Find(name) is { MayComeUp: true });

    /// <summary>Notes what it waits for.</summary>
    /// <returns>True when that is news.</returns>
    public bool WaitFor(string? what)
    {
        var news = _waitingFor != what;
        _waitingFor = what;
        return news;
    }

    /// <summary>
    /// Those that it requires are as they are: it goes on, goes on without one of them and says so, or must not go on.
    /// </summary>
    /// <returns>True when it goes on, and what it waits for is news.</returns>
    public bool Reconsider()
    {
        string? without = null;
        for (var i = 0; i < _startedOn.Length; i++)
        {
            var name = _running.Requires[i];
            var required = _context.Find(name);
            if (!MayGoOnWith(required, _startedOn[i]))
            {
                Leave();
                return false;
            }
            if (required is not { IsUp: true })
                without ??= Words(name, required);
        }
        return WaitFor(without);
    }

    /// <summary>True when this one must have ended before <paramref name="required"/> is asked to.</summary>
    public bool Holds(Service required)
    {
        if (!HasProcess)
            return false;
        var at = _running.Requires.IndexOf(required.Name);
        return at >= 0 && (!MayGoOnWith(required, _startedOn[at]) || State == ServiceState.Stopping);
    }

    /// <summary>Asks its process to end, once nobody holds it any more.</summary>
    /// <returns>True when it is held, and by whom is news.</returns>
    public bool Release()
    {
        if (!_held)
            return false;
        if (_context.Holder(this) is { } holder)
            return WaitFor(Words(holder.Name, holder));
        _held = false;
        _waitingFor = null;
        _stopLimit.Start(TimeSpan.FromMilliseconds(_running.StopTimeoutMilliseconds));
        _process!.Signal(_running.StopSignal);
        return true;
    }

    /// <summary>A service as others wait for it.</summary>
    public static string Words(string name, Service? service) => $"{name} ({service?.State.Word() ?? "not defined"})";

    private bool MayGoOnWith(Service? required, int startedOn)
    {
        if (required is not { MayComeUp: true })
            return false;
        var isTheSame = required.Serial == startedOn && (required.HasProcess ? required.State != ServiceState.Stopping : required.IsUp);
        return isTheSame || _running.WhenRequiredRestarts == RequiredRestart.Tell;
    }

    private void NoteRequired() =>
        _startedOn = _running.Requires.IsEmpty ? [] : [.. _running.Requires.Select(name => _context.Find(name)?.Serial ?? 0)];

    private void Leave()
    {
        if (HasProcess)
            EndProcess();
        else
            Wait(unasked: false);
    }
}
