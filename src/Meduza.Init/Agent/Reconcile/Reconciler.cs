using System.Collections.Immutable;
using Meduza.Gateway.Model;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;
using Meduza.Init.Agent.Apply;
using Meduza.Init.Agent.Preflights;
using Meduza.Init.Agent.Status;
using Meduza.Init.Agent.Store;
using Meduza.Init.Control;
using Meduza.Linux;
using Microsoft.Extensions.Logging;
using Keys = System.Collections.Immutable.ImmutableSortedDictionary<string, System.ReadOnlyMemory<byte>>;

namespace Meduza.Init.Agent.Reconcile;

/// <summary>
/// The agent's loop. Every turn takes all triggers there are and makes the machine be what the last valid commit says,
/// whatever the reason to look was. It keeps no list of things to do: what is to be done is the difference between
/// desired and observed, found anew each time.
/// </summary>
internal sealed partial class Reconciler(
    NodeSettings settings, Machine machine, EtcdStore store, ServiceLink services, PreflightCheck preflight, Observer observer, Applier applier,
    LastGood lastGood, Reporter reporter, AgentWords words, Triggers triggers, TimeProvider clock, ILogger log)
{
    /// <summary>How often everything is read and compared, whether or not anything seems to have happened.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(5);

    private readonly RetryDelay _retry = new(clock);
    private readonly QuietTrim _trim = new(clock);

    /// <summary>Keys of the last valid commit, without host records.</summary>
    private Snapshot? _committed;
    private CommitMark _inForce = CommitMark.None;

    /// <summary>True while the commit in force was read from the disk, and etcd has not said otherwise.</summary>
    private bool _isFromDisk;
    private bool _lookedOnDisk;
    private Keys _hosts = Snapshot.Empty.Keys;
    private bool _hostsKnown;
    private CommitMark? _lookedAt;
    private DesiredState? _desired;
    private GatewayConfig? _config;
    private CommitProgress? _progress;

    /// <summary>Reconciles that somebody waits for.</summary>
    private ImmutableArray<long> _asked = [];
    private string? _askedProblem;
    private long _periodStart = clock.GetTimestamp();

    public async Task RunAsync(CancellationToken cancellation)
    {
        triggers.Raise(Trigger.Observe);
        while (true)
        {
            var trigger = await triggers.TakeAsync(NextWait(), cancellation);
            if (_retry.IsDue)
                trigger |= Trigger.Observe;
            if (clock.GetElapsedTime(_periodStart) >= Period)
            {
                _periodStart = clock.GetTimestamp();
                trigger |= Trigger.Full;
            }
            await TurnAsync(trigger, cancellation);
            if ((trigger & ~Trigger.Report) != 0)
                _trim.Worked();
            else
                _trim.RunIfDue();
        }
    }

    private async Task TurnAsync(Trigger trigger, CancellationToken cancellation)
    {
        _asked = _asked.AddRange(services.TakeReconciles());
        var startedAt = clock.GetTimestamp();
        _askedProblem = await ReadAsync(trigger, startedAt, cancellation) ?? _askedProblem;
        if (_committed is null && !_lookedOnDisk)
            await BeginFromDiskAsync(startedAt, cancellation);

        if ((trigger & (Trigger.Kernel | Trigger.Full)) != 0)
            observer.ForgetKernel();
        // A turn for the report's sake alone does not look at the machine.
        if (_desired is not null && (trigger & ~Trigger.Report) != 0)
            await ConvergeAsync(_desired, cancellation);

        if (_progress?.Judge(services.Services, words.WaitsForOthers) == true)
        {
            Publish(_progress.Report!);
            if (_progress.Report is { Result: CommitReport.Applied } && !_isFromDisk)
                lastGood.IsApplied();
        }
        reporter.SnapshotInUse = _isFromDisk ? _inForce.Revision : null;
        reporter.SnapshotProblem = lastGood.Problem;
        await reporter.ReportAsync(_desired, _config, services.Services, store, _progress?.Report, cancellation);
        await AnswerAsync(cancellation);
        if (_committed is not null)
            lastGood.Save(_inForce, _committed, Snapshot.Empty with { Keys = _hosts });
    }

    /// <summary>
    /// While etcd cannot be asked, or what it has is not valid, the last good state is what this machine is to be. At a
    /// boot that is at once. But an agent that comes back finds all as the one before had left it, which may be newer than
    /// the disk: it waits for etcd's first word.
    /// </summary>
    private async Task BeginFromDiskAsync(long startedAt, CancellationToken cancellation)
    {
        if (store.Problem is null && _lookedAt is null)
            return; // it was reached, and is read in the next turn
        await services.RefreshAsync(cancellation);
        if (!store.HasTried && services.Services.Count > 0)
            return;
        _lookedOnDisk = true;
        if (!_hostsKnown && lastGood.LoadHosts() is { } hosts)
            _hosts = hosts.Keys;
        foreach (var (mark, keys) in lastGood.Load())
        {
            var result = Parse(keys);
            // The programs took it when it was committed, and nothing is to wait for them at a boot.
            if (TryRender(result, out var fault) is not { } rendered)
            {
                fault ??= result.Errors[0];
                LogKeptInvalid(mark.Value, mark.Revision, fault.Key, fault.Message);
                continue;
            }
            (_config, _desired) = rendered;
            (_committed, _inForce, _isFromDisk) = (keys, mark, true);
            _progress ??= new(mark, clock, startedAt, BuildInfo.Version);
            Warn(result.Warnings.AddRange(_desired.Warnings));
            LogFromDisk(mark.Value, mark.Revision);
            return;
        }
    }

    /// <summary>Reads what the trigger says may have changed, and renders it.</summary>
    /// <returns>Why it could not be read; null when it could.</returns>
    private async Task<string?> ReadAsync(Trigger trigger, long startedAt, CancellationToken cancellation)
    {
        var full = (trigger & Trigger.Full) != 0;
        try
        {
            if (full)
                await store.RefreshAsync(cancellation);
            var hostsChanged = (trigger & (Trigger.Hosts | Trigger.Full)) != 0 && await ReadHostsAsync(cancellation);
            if ((full || (trigger & Trigger.Commit) != 0) && store.Latest is var latest && (full || latest != _lookedAt))
            {
                var snapshot = await store.ReadAsync(latest, whole: full, cancellation);
                await AdoptAsync(snapshot, latest, startedAt, cancellation);
            }
            else if (hostsChanged && _committed is not null)
            {
                // The commit in force stays; only the records are new, and they cannot make its keys invalid.
                if (TryRender(Parse(_committed), out var fault) is { } rendered)
                    (_config, _desired) = rendered;
                else if (fault is not null)
                    LogCommitError(fault.Key, fault.Message);
            }
            return null;
        }
        catch (EtcdException e)
        {
            // What is known stays in force; when etcd is back the triggers are raised again.
            return $"etcd cannot be read, so what was committed last stays in force: {e.Message}";
        }
    }

    private async Task<bool> ReadHostsAsync(CancellationToken cancellation)
    {
        var hosts = await store.ReadHostsAsync(cancellation);
        var isSame = hosts.Count == _hosts.Count && hosts.All(host => _hosts.TryGetValue(host.Key, out var value) && value.Span.SequenceEqual(host.Value.Span));
        if (!isSame || !_hostsKnown)
            lastGood.HostsChanged();
        (_hosts, _hostsKnown) = (hosts, true);
        return !isSame;
    }

    /// <summary>Puts a commit in force, unless it is not valid, or a program refuses what is made of it.</summary>
    private async Task AdoptAsync(Snapshot snapshot, CommitMark mark, long startedAt, CancellationToken cancellation)
    {
        var result = Parse(snapshot);
        var (errors, warnings) = (Errors(result.Errors), result.Warnings);
        if (TryRender(result, out var fault) is { } rendered)
        {
            var answers = await preflight.AskAsync(rendered.State, cancellation);
            (errors, warnings) = (answers.Refusals, [.. warnings, .. rendered.State.Warnings, .. answers.Warnings]);
            if (errors.IsEmpty)
                (_config, _desired) = rendered;
        }
        else if (fault is not null)
        {
            errors = Errors([fault]);
        }
        Warn(warnings);

        // A reconcile of the commit that is in force is not another commit: what was published of it stays.
        var isNew = mark != _lookedAt || !errors.IsEmpty;
        _lookedAt = mark;
        if (isNew)
            _progress = new(mark, clock, startedAt, BuildInfo.Version);
        if (errors.IsEmpty)
        {
            (_committed, _inForce, _isFromDisk) = (snapshot, mark, false);
            lastGood.IsInForce();
            return;
        }
        _progress!.Reject(errors);
        Publish(_progress.Report!);
    }

    private static ImmutableArray<CommitError> Errors(ImmutableArray<KeyFinding> findings) =>
        [.. findings.Select(finding => new CommitError(finding.Key, finding.Message))];

    /// <summary>Says what is odd, once.</summary>
    private void Warn(ImmutableArray<KeyFinding> warnings)
    {
        if (warnings.SequenceEqual(reporter.Warnings))
            return;
        reporter.Warnings = warnings;
        foreach (var warning in warnings)
            LogWarning(warning.Key, warning.Message);
    }

    /// <summary>Renders a valid configuration; a fault in our own code rejects the commit and ends nothing.</summary>
    /// <returns>Null where it is not valid, or, and then with a fault, where we cannot.</returns>
    private (GatewayConfig Config, DesiredState State)? TryRender(ParseResult result, out KeyFinding? fault)
    {
        fault = null;
        if (result.Config is null)
            return null;
        try
        {
            var known = result.Config.Clash is null ? machine : machine with { MihomoSecret = MihomoSecretFile.LoadOrMake(MihomoSecretFile.DefaultPath) };
            return (result.Config, Renderer.Render(result.Config, known));
        }
        catch (LinuxException e)
        {
            fault = new(EtcdConnection.CommitKey, $"the password of mihomo's API cannot be kept: {e.Message}");
        }
        catch (Exception e)
        {
            fault = new(EtcdConnection.CommitKey, $"this version cannot render these keys ({e.GetType().Name}): please report it");
        }
        return null;
    }

    private ParseResult Parse(Snapshot snapshot) =>
        ConfigParser.Parse(snapshot with { Keys = snapshot.Keys.SetItems(_hosts) }, settings.NodeId);

    private async Task ConvergeAsync(DesiredState desired, CancellationToken cancellation)
    {
        try
        {
            await services.RefreshAsync(cancellation);
            var changes = Planner.Plan(desired, observer.Observe(desired, services.Services));
            ImmutableArray<CommitError> failures = [];
            if (!changes.IsEmpty)
                failures = await applier.ApplyAsync(changes, desired, cancellation);
            if (!changes.Links.IsEmpty || !changes.Packets.IsEmpty)
                observer.ForgetKernel();
            _progress?.Applied(changes.Components, changes.Defines.Select(service => service.Name), failures);
            _retry.After(failed: !failures.IsEmpty);
        }
        catch (Exception e) when (e is not OperationCanceledException and not ControlLostException)
        {
            // A file that vanished while it was read, a dump that the kernel broke off: look again, soon.
            LogObserveFailed(e.Message);
            observer.ForgetKernel();
            _progress?.Applied([], [], [new("agent", e.Message)]);
            _retry.After(failed: true);
        }
    }

    /// <summary>Answers those who asked for a reconcile, once there is an outcome.</summary>
    private async Task AnswerAsync(CancellationToken cancellation)
    {
        if (_asked.IsEmpty || (_progress is { Report: null } && _askedProblem is null))
            return;
        await services.ReconciledAsync(_asked, _askedProblem ?? FailureOf(_progress?.Report), cancellation);
        (_asked, _askedProblem) = ([], null);
    }

    private void Publish(CommitReport report)
    {
        reporter.Publish(report);
        var changed = report.Changed.IsEmpty ? "nothing" : string.Join(", ", report.Changed);
        LogCommit(report.Commit, report.Revision, report.Result, report.DurationMs, changed);
        foreach (var error in report.Errors)
            LogCommitError(error.Key, error.Message);
    }

    private TimeSpan NextWait()
    {
        var waits = new List<TimeSpan> { Period - clock.GetElapsedTime(_periodStart), _retry.Wait, _trim.Wait };
        if (_progress is not null)
            waits.Add(_progress.UntilJudged);
        if (_desired is not null)
            waits.Add(reporter.UntilRefresh);
        var next = waits.Where(wait => wait != Timeout.InfiniteTimeSpan).Min();
        return next > TimeSpan.Zero ? next : TimeSpan.Zero;
    }

    private static string? FailureOf(CommitReport? report) => report switch
    {
        null => "there is no commit yet",
        { Errors: [var error, ..] } => $"{report.Result}: {error.Key}: {error.Message}",
        _ => null,
    };

    [LoggerMessage(300, LogLevel.Information, "commit '{Commit}' (revision {Revision}) {Result} in {Milliseconds} ms, changed: {Changed}")]
    private partial void LogCommit(string commit, long revision, string result, double milliseconds, string changed);

    [LoggerMessage(304, LogLevel.Information, "beginning with the last good state from the disk, commit '{Commit}' (revision {Revision}), until etcd says otherwise")]
    private partial void LogFromDisk(string commit, long revision);

    [LoggerMessage(305, LogLevel.Warning, "commit '{Commit}' (revision {Revision}) from the disk is not valid for this version, so it is passed over: {Key}: {Message}")]
    private partial void LogKeptInvalid(string commit, long revision, string key, string message);

    [LoggerMessage(303, LogLevel.Error, "the machine cannot be compared with what it should be: {Problem}; trying again")]
    private partial void LogObserveFailed(string problem);

    [LoggerMessage(301, LogLevel.Error, "{Key}: {Message}")]
    private partial void LogCommitError(string key, string message);

    [LoggerMessage(302, LogLevel.Warning, "{Key}: {Message}")]
    private partial void LogWarning(string key, string message);
}
