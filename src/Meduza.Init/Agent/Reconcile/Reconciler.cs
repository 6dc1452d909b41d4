using System.Collections.Immutable;
using Meduza.Gateway.Model;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;
using Meduza.Gateway.Render.Mihomo;
using Meduza.Init.Agent.Apply;
using Meduza.Init.Agent.Apply.Packets;
using Meduza.Init.Agent.Downloads;
using Meduza.Init.Agent.Names;
using Meduza.Init.Agent.Preflights;
using Meduza.Init.Agent.Status;
using Meduza.Init.Agent.Store;
using Meduza.Init.Control;
using Microsoft.Extensions.Logging;

namespace Meduza.Init.Agent.Reconcile;

/// <summary>
/// The agent's loop. Every turn takes all triggers there are and makes the machine be what the last valid commit says,
/// whatever the reason to look was. It keeps no list of things to do: what is to be done is the difference between
/// desired and observed, found anew each time.
/// </summary>
internal sealed partial class Reconciler(
    NodeSettings settings, Machine machine, EtcdStore store, NodeDownloads downloads, DownloadProxy proxy, NameService names, ServerAddresses servers, ServiceLink services, PreflightCheck preflight,
    Observer observer, Applier applier, LastGood lastGood, ConfirmPolicy policy, Reporter reporter, AgentWords words, Triggers triggers, TimeProvider clock,
    ILogger log)
{
    /// <summary>How often everything is read and compared, whether or not anything seems to have happened.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(5);

    private readonly RetryDelay _retry = new(clock);
    private readonly ProxyStart _proxyStart = new(clock);
    private readonly QuietTrim _trim = new(clock);

    /// <summary>Keys of the last valid commit, without host records.</summary>
    private Snapshot? _committed;
    private CommitMark _inForce = CommitMark.None;

    /// <summary>True while the commit in force was read from the disk, and etcd has not said otherwise.</summary>
    private bool _isFromDisk;
    private bool _lookedOnDisk;
    private KeySpace _hosts = KeySpace.Empty;
    private bool _hostsKnown;
    private LatestCommit? _lookedAt;
    private DesiredState? _desired;

    /// <summary>The downloaded files that the desired state has.</summary>
    private ImmutableDictionary<string, string> _ruleFiles = ImmutableDictionary<string, string>.Empty, _geodata = ImmutableDictionary<string, string>.Empty;

    /// <summary>Geographical data with which mihomo refuses its configuration, and its words.</summary>
    private (ImmutableDictionary<string, string> Files, KeyFinding Finding)? _refusedGeodata;
    private GatewayConfig? _config;

    /// <summary>What was parsed last, and of the other nodes before.</summary>
    private Parsed? _parsed;
    private readonly FleetMemory _fleet = new();
    private CommitProgress? _progress;

    /// <summary>What is odd about the commit in force.</summary>
    private ImmutableArray<KeyFinding> _findings = [];

    /// <summary>Set from the adoption of a commit to its first application, when a program was not asked about it.</summary>
    private Unasked? _unasked;

    /// <summary>Reconciles that somebody waits for.</summary>
    private ImmutableArray<long> _asked = [];
    private string? _askedProblem;
    private long _periodStart = clock.GetTimestamp();

    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await LoopAsync(cancellation);
        }
        finally
        {
            if (_committed is not null)
                lastGood.Finish(_inForce, _committed, Snapshot.Empty with { Keys = _hosts });
        }
    }

    private async Task LoopAsync(CancellationToken cancellation)
    {
        ResumeHold();
        triggers.Raise(Trigger.Observe);
        while (true)
        {
            var trigger = await triggers.TakeAsync(NextWait(), cancellation);
            if (_retry.IsDue)
                trigger |= Trigger.Observe;
            // Also at the newest commit: it may have been confirmed this instant.
            if (policy.Left(_held?.Hold) == TimeSpan.Zero)
                trigger |= Trigger.Observe | Trigger.Commit;
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
        var (asked, back) = services.TakeReconciles();
        _asked = _asked.AddRange(asked);
        var startedAt = clock.GetTimestamp();
        var unread = await ReadAsync(trigger, startedAt, cancellation);
        // What was wrong before anybody asked is nobody's answer.
        _askedProblem = _asked.IsEmpty ? null : unread ?? _askedProblem;
        if (_committed is null && !_lookedOnDisk)
            await BeginFromDiskAsync(startedAt, cancellation);
        GoBackInTime(startedAt);
        if (back is { } number)
            _askedProblem = await GoBackToAsync(number, startedAt, cancellation);
        downloads.Want(_config, _desired?.Geodata ?? [], proxy.Find() is not null);
        if (services.TakeRefresh() is { } refresh)
            downloads.Refresh(refresh);
        // Before what came is put in force, and told of after it.
        var outcome = downloads.TakeOutcome();
        await TakeFilesAsync(cancellation);
        names.Want(_desired?.Names);
        servers.Want(_desired?.Packets.Proxy?.ExcludedServers ?? ProxyServers.None);
        if ((trigger & Trigger.Downloads) != 0)
            await JudgeSubscriptionAsync(cancellation);

        if (_proxyStart.Judge(_config?.Clash is not null, services.Services.GetValueOrDefault(TransparentProxy.Service), HasProxyDownloads))
            trigger |= Trigger.Observe;

        if ((trigger & Trigger.Full) != 0)
            observer.ForgetAll();
        else if ((trigger & Trigger.Kernel) != 0)
            observer.ForgetKernel();
        // A turn for the report's sake alone does not look at the machine.
        if (_desired is not null && (trigger & ~Trigger.Report) != 0)
            await ConvergeAsync(_proxyStart.Now(_desired), cancellation);
        ShowFindings();

        if (_progress?.Judge(services.Services, service => words.WaitsForOthers(service) || _proxyStart.Excuses(service)) == true)
        {
            Publish(_progress.Report!);
            if (_progress.Report is { Result: CommitReport.Applied, DurationMs: var taken })
                reporter.Applies.Observe(TimeSpan.FromMilliseconds(taken));
            if (_progress.Report is { Result: CommitReport.Applied } && !_isFromDisk && _held is null)
                lastGood.IsApplied();
        }
        reporter.SnapshotInUse = _isFromDisk ? _inForce.Revision : null;
        reporter.SnapshotProblem = lastGood.Problem;
        ReportHold();
        await reporter.ReportAsync(_desired, _config, services.Services, store, _progress?.Report, cancellation);
        await AnswerAsync(cancellation);
        if (outcome is not null)
            await services.RefreshedAsync(outcome, cancellation);
        if (_committed is not null)
            lastGood.Save(_inForce, _committed, Snapshot.Empty with { Keys = _hosts });
    }

    private async Task ConvergeAsync(DesiredState desired, CancellationToken cancellation)
    {
        try
        {
            await services.RefreshAsync(cancellation);
            // That a service is ready may be known before it is that its device is there, which lacks its addresses yet.
            if (_progress?.WaitsForServices == true)
                observer.ForgetKernel();
            var changes = Planner.Plan(desired, observer.Observe(desired, services.Services));
            var unasked = _unasked;
            _unasked = null;
            if (unasked is not null && changes.Components.Except(unasked.Components).Any())
            {
                // More would have to be undone than lines: the program is asked beforehand, as for any commit.
                var answers = await preflight.AskAsync(desired, taken: null, cancellation);
                if (!answers.Refusals.IsEmpty)
                {
                    Withdraw(unasked, answers.Refusals);
                    return;
                }
                _findings = [.. _findings, .. answers.Warnings.Except(_findings)];
                unasked = null;
            }
            var failures = changes.IsEmpty ? new() : await applier.ApplyAsync(changes, desired, cancellation);
            if (!changes.Links.IsEmpty || !changes.Packets.IsEmpty)
                observer.ForgetKernel();
            if (unasked is not null && failures.AreRefusals)
            {
                Withdraw(unasked, failures.All);
                return;
            }
            _progress?.Applied(changes.Components, changes.Defines.Select(service => service.Name), failures.All);
            _retry.After(failed: !failures.All.IsEmpty);
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

    /// <summary>True when nothing that mihomo is to begin with is on its way for the first time.</summary>
    private bool HasProxyDownloads => _refusedGeodata is not null || (_config?.Clash is not { } clash
        || (downloads.Subscriptions.HasOutcome(clash) && _desired!.Geodata.All(file => _geodata.ContainsKey(file.Name) || downloads.HasNoGeodata(file.Name))));

    /// <summary>What came of some keys.</summary>
    private sealed record Parsed(KeySpace Keys, KeySpace Hosts, ParseResult Result);

    /// <summary>A commit about which programs were not asked, and what was in force before it.</summary>
    /// <param name="Components">Whose files changed without a question.</param>
    private sealed record Unasked(
        ImmutableArray<string> Components, GatewayConfig Config, DesiredState Desired, Snapshot Committed, CommitMark InForce, bool IsFromDisk);

    /// <summary>Answers those who asked for a reconcile, once there is an outcome.</summary>
    private async Task AnswerAsync(CancellationToken cancellation)
    {
        if (_asked.IsEmpty || (_progress is not null && _progress.UntilJudged != Timeout.InfiniteTimeSpan && _askedProblem is null))
            return;
        await services.ReconciledAsync(_asked, _askedProblem ?? FailureOf(_progress?.Report), cancellation);
        (_asked, _askedProblem) = ([], null);
    }

    private void Publish(CommitReport report)
    {
        // What is begun with from the disk may bear the name of an earlier commit with the same keys, and etcd may have been
        // told of a later one; its own is told of once it is read.
        if (!_isFromDisk || IsAway)
            reporter.Publish(report);
        var changed = report.Changed.IsEmpty ? "nothing" : string.Join(", ", report.Changed);
        LogCommit(report.Commit, report.Revision, report.Result, report.DurationMs, changed);
        foreach (var error in report.Errors)
            LogCommitError(error.Key, error.Message);
    }

    private TimeSpan NextWait()
    {
        var waits = new List<TimeSpan> { Period - clock.GetElapsedTime(_periodStart), _retry.Wait, _trim.Wait, _proxyStart.Left };
        if (_progress is not null)
            waits.Add(_progress.UntilJudged);
        if (store.HasTried)
            waits.Add(policy.Left(_held?.Hold));
        if (_desired is not null)
            waits.Add(reporter.UntilRefresh);
        var next = waits.Where(wait => wait != Timeout.InfiniteTimeSpan).Min();
        return next > TimeSpan.Zero ? next : TimeSpan.Zero;
    }

    private static string? FailureOf(CommitReport? report) => report switch
    {
        null => "there is no commit yet",
        // The first says why it is as it is to be.
        { Result: CommitReport.RolledBack } => report.Errors is [_, var error, ..] ? $"{report.Result}: {error.Key}: {error.Message}" : null,
        { Errors: [var error, ..] } => $"{report.Result}: {error.Key}: {error.Message}",
        _ => null,
    };

    [LoggerMessage(300, LogLevel.Information, "commit '{Commit}' (revision {Revision}) {Result} in {Milliseconds} ms, changed: {Changed}")]
    private partial void LogCommit(string commit, long revision, string result, double milliseconds, string changed);

    [LoggerMessage(303, LogLevel.Error, "the machine cannot be compared with what it should be: {Problem}; trying again")]
    private partial void LogObserveFailed(string problem);

    [LoggerMessage(301, LogLevel.Error, "{Key}: {Message}")]
    private partial void LogCommitError(string key, string message);
}
