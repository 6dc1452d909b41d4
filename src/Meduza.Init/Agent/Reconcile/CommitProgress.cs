using System.Collections.Immutable;
using Meduza.Init.Agent.Store;
using Meduza.Init.Control;

namespace Meduza.Init.Agent.Reconcile;

/// <summary>
/// How far one commit is: applied when nothing failed and every service that it touched is ready; degraded when something
/// failed or is not ready in time, and applied after all once that is mended; rejected when its keys are not valid. Where
/// the node goes back from it, it is rolled back instead, from the first round on, and what is wrong meanwhile is told beside the reason.
/// </summary>
internal sealed class CommitProgress(CommitMark mark, TimeProvider clock, long startedAt, string version)
{
    /// <summary>How long a touched service may take to get ready before the commit is called degraded.</summary>
    public static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(10);

    private readonly SortedSet<string> _changed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);
    private ImmutableArray<CommitError> _failures = [];
    private CommitReport? _report;
    private bool _isSettled;

    public CommitMark Mark => mark;

    /// <summary>Why this node goes back from it; null where it goes to it.</summary>
    public CommitError? WentBack { get; init; }

    /// <summary>How it stands with its confirmation: a word of <see cref="CommitReport.Confirm"/>.</summary>
    public string? Confirm { get; private set; }

    /// <summary>True while services that it touched may still be on their way.</summary>
    public bool WaitsForServices => !_isSettled && _touched.Count > 0;

    /// <summary>What there is to publish; null while it is too early to tell.</summary>
    public CommitReport? Report => _report;

    /// <summary>The commit's keys are not valid: nothing of it is done.</summary>
    public void Reject(ImmutableArray<CommitError> errors)
    {
        _isSettled = true;
        Finish("rejected", errors);
    }

    /// <summary>It waits for its confirmation, or has it, or neither.</summary>
    /// <param name="confirm">A word of <see cref="CommitReport.Confirm"/>.</param>
    /// <returns>True when there is something new to publish.</returns>
    public bool Confirms(string? confirm)
    {
        if (Confirm == confirm)
            return false;
        Confirm = confirm;
        if (_report is null)
            return false;
        _report = _report with { Confirm = confirm };
        return true;
    }

    /// <summary>One round of applying is over.</summary>
    /// <param name="components">What it touched.</param>
    /// <param name="services">The services that it started, restarted or reloaded.</param>
    /// <param name="failures">What went wrong; they replace those of the round before.</param>
    public void Applied(IEnumerable<string> components, IEnumerable<string> services, ImmutableArray<CommitError> failures)
    {
        _changed.UnionWith(components);
        _touched.UnionWith(services);
        _failures = failures;
    }

    /// <summary>Judges where it stands.</summary>
    /// <param name="services">What PID 1 runs.</param>
    /// <param name="waitsForOthers">True for a service that is not ready and lacks nothing that this machine could give it.</param>
    /// <returns>True when there is something new to publish.</returns>
    public bool Judge(IReadOnlyDictionary<string, ServiceStatus> services, Func<ServiceStatus, bool> waitsForOthers)
    {
        if (_isSettled)
            return false;
        var unready = _touched.Order(StringComparer.Ordinal)
            .Select(name => services.GetValueOrDefault(name))
            .OfType<ServiceStatus>()
            .Where(service => !ServiceStates.IsUp(service.State) && !waitsForOthers(service))
            .ToList();
        _isSettled = _failures.IsEmpty && unready.Count == 0;
        // A failure is worth telling at once, and that it went back; a service that starts gets its time.
        if (!_isSettled && _failures.IsEmpty && WentBack is null && UntilTimeout > TimeSpan.Zero)
            return false;
        ImmutableArray<CommitError> errors =
        [
            .. WentBack is { } reason ? (CommitError[])[reason] : [],
            .. _failures,
            .. unready.Where(_ => WentBack is null || UntilTimeout <= TimeSpan.Zero).Select(service => new CommitError(service.Component, Unready(service))),
        ];
        var result = WentBack is not null ? CommitReport.RolledBack : _isSettled ? CommitReport.Applied : "degraded";
        if (_report is not null && _report.Result == result && _report.Errors.SequenceEqual(errors))
            return false;
        Finish(result, errors);
        return true;
    }

    /// <summary>How long until what is not ready is called so; infinite when that is not open.</summary>
    public TimeSpan UntilJudged => UntilTimeout > TimeSpan.Zero && !_isSettled && (_report is null || WentBack is not null) ? UntilTimeout
        : _report is null ? TimeSpan.Zero : Timeout.InfiniteTimeSpan;

    private TimeSpan UntilTimeout => ReadyTimeout - clock.GetElapsedTime(startedAt);

    private static string Unready(ServiceStatus service) =>
        (service.LastExit, service.WaitingFor) switch
        {
            ({ } exit, _) => $"{service.Name} is {service.State}, last exit: {exit}: see 'meduza logs {service.Name}'",
            (_, { } waiting) => $"{service.Name} is {service.State}: waits for {waiting}",
            _ => $"{service.Name} is {service.State}: see 'meduza logs {service.Name}'",
        };

    private void Finish(string result, ImmutableArray<CommitError> errors) => _report = new()
    {
        Revision = mark.Revision,
        Commit = mark.Value,
        Result = result,
        Errors = errors,
        Changed = [.. _changed],
        Confirm = Confirm,
        DurationMs = Math.Round(clock.GetElapsedTime(startedAt).TotalMilliseconds, 1),
        Version = version,
        Time = clock.GetUtcNow().ToUnixTimeMilliseconds(),
    };
}
