namespace Meduza.Lab.Soak;

/// <summary>How long a step waits for what came of its commit.</summary>
internal enum Waiting
{
    /// <summary>The next one follows at once: commits coalesce.</summary>
    None,

    /// <summary>Until every gateway that nothing is wrong with has applied it.</summary>
    UntilApplied,
}

/// <summary>One step of a soak: what is changed, what goes wrong before it, and the pause after it.</summary>
internal sealed record Step(int Number, Change Change, Fault? Fault, Waiting Waiting, int PauseMilliseconds)
{
    public override string ToString() => $"step {Number}: {Change}{(Fault is null ? "" : $"; {Fault}")}";
}

/// <summary>The steps of a seed, drawn one after another. Nothing that happens has a say in them.</summary>
internal sealed class StepSource
{
    /// <summary>One step in so many has a fault, unless one is there.</summary>
    private const int FaultEvery = 25;

    private readonly Random _random;
    private readonly ChangeSource _changes;
    private readonly IReadOnlyDictionary<int, FaultKind> _certain;
    private int _number;
    private int _faultUntil;

    /// <param name="keys">The keys that the fleet begins with; they change as steps are drawn.</param>
    /// <param name="certain">Faults of certain steps, for a run that is too short to leave them to chance; none is drawn beside them.</param>
    public StepSource(int seed, SortedDictionary<string, string> keys, IReadOnlyDictionary<int, FaultKind>? certain = null)
    {
        _random = new Random(seed);
        _certain = certain ?? new Dictionary<int, FaultKind>();
        _changes = new ChangeSource(_random, keys);
    }

    /// <summary>False while a wrong value is among the keys, or something is broken: then nobody can say what the gateways must be.</summary>
    public bool IsSettled => !_changes.IsWrongNow && _number >= _faultUntil;

    public Step Next()
    {
        _number++;
        var change = _changes.Next();
        var fault = _number < _faultUntil ? null : DrawFault();
        if (fault is not null)
            _faultUntil = _number + fault.Steps;
        // While something is broken commits come slower, so that it is noticed while it lasts.
        var pause = _number < _faultUntil ? (int[])[0, 100, 1000, 4000] : (int[])[0, 0, 0, 20];
        return new(
            _number, change, fault, change.IsWrong || _random.Next(3) > 0 ? Waiting.UntilApplied : Waiting.None, pause[_random.Next(pause.Length)]);
    }

    private Fault? DrawFault() => _certain.Count > 0
        ? _certain.TryGetValue(_number, out var kind) ? Fault.Of(kind, _random) : null
        : _random.Next(FaultEvery) == 0 ? Fault.Draw(_random) : null;
}
