using System.Collections.Immutable;
using Meduza.Gateway.Model;
using Meduza.Gateway.Render;
using Meduza.Init.Agent.Downloads;
using Meduza.Init.Agent.Store;
using Meduza.Init.Control;
using Meduza.Linux;
using Meduza.Linux.Files;
using Microsoft.Extensions.Logging;

namespace Meduza.Init.Agent.Reconcile;

/// <summary>From triggers to what must be: which commit is in force, read from etcd or, where that cannot be asked, from the disk.</summary>
internal sealed partial class Reconciler
{
    /// <summary>
    /// While etcd cannot be asked, or what it has is not valid, the last good state is what this machine is to be. At a
    /// boot that is at once. But an agent that comes back finds all as the one before had left it, which may be newer than
    /// the disk: it waits for etcd's first word.
    /// </summary>
    private async Task BeginFromDiskAsync(long startedAt, CancellationToken cancellation)
    {
        await services.RefreshAsync(cancellation);
        // In this order: it may be reached just now, which ends the problem.
        var hasTried = store.HasTried;
        if (store.Problem is null && _lookedAt is null)
            return; // it was reached, and is read in the next turn
        if (!hasTried && !services.IsBoot)
            return;
        _lookedOnDisk = true;
        if (!_hostsKnown && lastGood.LoadHosts() is { } hosts)
            _hosts = hosts.Keys;
        if (IsAway)
        {
            BeWhatItWas(startedAt);
            _isFromDisk = true;
            return;
        }
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
            if (_progress is null)
            {
                _progress = new(mark, clock, startedAt, BuildInfo.Version);
                _progress.Confirms(_held?.Hold.IsWaitingFor(mark) == true ? CommitReport.Waiting : null);
            }
            _findings = result.Warnings.AddRange(_desired.Warnings);
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
            var latest = store.Latest;
            var isLook = full || ((trigger & Trigger.Commit) != 0 && latest != _lookedAt);
            if (isLook && ConfirmPolicy.Follows(_held?.Hold, latest))
            {
                var snapshot = await store.ReadAsync(latest.Mark, whole: full, cancellation);
                await AdoptAsync(snapshot, latest, startedAt, cancellation);
                return null;
            }
            if (isLook)
                StayAway(latest, startedAt);
            if (hostsChanged && _committed is not null)
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
        var isSame = hosts.HasSameKeys(_hosts);
        if (!isSame || !_hostsKnown)
            lastGood.HostsChanged();
        (_hosts, _hostsKnown) = (hosts, true);
        return !isSame;
    }

    /// <summary>Puts a commit in force, unless it is not valid, or a program refuses what is made of it.</summary>
    private async Task AdoptAsync(Snapshot snapshot, LatestCommit latest, long startedAt, CancellationToken cancellation)
    {
        var (mark, before) = (latest.Mark, _held?.Hold);
        var result = Parse(snapshot);
        ImmutableArray<string> known = [];
        var (errors, warnings) = (Errors(result.Errors), result.Warnings);
        var rendered = TryRender(result, out var fault);
        if (rendered is { } valid)
        {
            // What may have to be gone back from without anybody's help is asked about in full.
            var answers = await preflight.AskAsync(valid.State, latest.Confirm is null && before is null ? _desired : null, cancellation);
            (errors, warnings) = (answers.Refusals, [.. warnings, .. valid.State.Warnings, .. answers.Warnings]);
            known = answers.Known;
        }
        else if (fault is not null)
        {
            errors = Errors([fault]);
        }
        _findings = warnings;

        if (errors.IsEmpty)
            errors = Keep(latest);
        // A reconcile of the commit that is in force is not another commit: what was published of it stays.
        var isNew = mark != _lookedAt?.Mark || mark != _inForce || !errors.IsEmpty;
        _lookedAt = latest;
        if (isNew)
            _progress = new(mark, clock, startedAt, BuildInfo.Version);
        if (!errors.IsEmpty)
        {
            _progress!.Reject(errors);
            Publish(_progress.Report!);
            return;
        }
        _unasked = known.IsEmpty || _committed is null ? null : new(known, _config!, _desired!, _committed, _inForce, _isFromDisk);
        (_config, _desired) = rendered!.Value;
        (_committed, _inForce, _isFromDisk) = (snapshot, mark, false);
        lastGood.IsInForce();
        var confirm = _held is not null ? CommitReport.Waiting : before?.Commit == mark ? CommitReport.Confirmed : _progress!.Confirm;
        if (_progress!.Confirms(confirm))
        {
            Publish(_progress.Report!);
            if (_held is null && _progress.Report is { Result: CommitReport.Applied })
                lastGood.IsApplied();
        }
    }

    /// <summary>What is to be kept of a valid commit before it is touched, on the disk.</summary>
    /// <returns>What is wrong with its confirmation; empty where it can be taken up.</returns>
    private ImmutableArray<CommitError> Keep(LatestCommit latest)
    {
        var within = latest.Confirm is { } text ? ConfirmLimit.Parse(text) : null;
        var problem = latest.Confirm is { } wrong && within is null
            ? $"'{wrong}' is no time for a confirmation: whole seconds, {ConfirmLimit.Shortest.TotalSeconds:0} to {ConfirmLimit.Longest.TotalSeconds:0}"
            : Keep(latest.Mark, within);
        return problem is null ? [] : [new(EtcdConnection.ConfirmKey, problem)];
    }

    /// <summary>
    /// A commit whose files nobody was asked about, since they say nothing new, is rejected after all, by a daemon that was
    /// told. What was in force before is in force again, and the next turn makes the machine be so.
    /// </summary>
    private void Withdraw(Unasked before, ImmutableArray<CommitError> errors)
    {
        (_config, _desired, _committed, _inForce, _isFromDisk) = (before.Config, before.Desired, before.Committed, before.InForce, before.IsFromDisk);
        _progress!.Reject(errors);
        Publish(_progress.Report!);
        triggers.Raise(Trigger.Observe);
    }

    private static ImmutableArray<CommitError> Errors(ImmutableArray<KeyFinding> findings) =>
        [.. findings.Select(finding => new CommitError(finding.Key, finding.Message))];

    /// <summary>Puts a subscription that was fetched in force, unless mihomo refuses what is made of it.</summary>
    private async Task JudgeSubscriptionAsync(CancellationToken cancellation)
    {
        if (downloads.Subscriptions.Candidate is not { } candidate || _committed is null)
            return;
        var result = Parse(_committed);
        if (TryRender(result, out var fault, candidate) is not { } rendered)
        {
            downloads.Subscriptions.Refuse(candidate, fault?.Message ?? result.Errors[0].Message);
            return;
        }
        var answers = await preflight.AskAsync(rendered.State, _desired, cancellation);
        if (!answers.Refusals.IsEmpty)
        {
            downloads.Subscriptions.Refuse(candidate, answers.Refusals[0].Message);
            return;
        }
        downloads.Subscriptions.Take(candidate);
        (_config, _desired) = rendered;
        _findings = [.. result.Warnings, .. rendered.State.Warnings, .. answers.Warnings];
    }

    /// <summary>
    /// Puts files that were downloaded in force, all that there are. About MosDNS's nobody can be asked. With geographical data
    /// there are more rules in mihomo's configuration, and it is asked about that.
    /// </summary>
    private async Task TakeFilesAsync(CancellationToken cancellation)
    {
        var geodata = downloads.Geodata;
        var isRefused = _refusedGeodata is { Files: var refused } && ReferenceEquals(refused, geodata);
        if (_committed is null || (ReferenceEquals(downloads.RuleFiles, _ruleFiles) && (isRefused || ReferenceEquals(geodata, _geodata))))
            return;
        var (before, isAsked) = (_geodata, !isRefused && !ReferenceEquals(geodata, _geodata));
        (_ruleFiles, _geodata) = (downloads.RuleFiles, isRefused ? _geodata : geodata);
        if (TryRender(Parse(_committed), out var fault, anew: true) is not { } rendered)
        {
            if (fault is not null)
                LogCommitError(fault.Key, fault.Message);
            return;
        }
        // A mihomo that does not run yet has nothing to lose, and nothing waits for it at a boot.
        if (isAsked && services.Services.ContainsKey(TransparentProxy.Service))
        {
            _refusedGeodata = null;
            PlaceGeodata(rendered.State);
            var answers = await preflight.AskAsync(rendered.State, _desired, cancellation);
            if (answers.Refusals is [var refusal, ..])
            {
                _refusedGeodata = (geodata, new(NodeDownloads.GeographicalData.Key, $"with the geographical data that came, {refusal.Message}: the rules that need them stay left out"));
                LogWarning(NodeDownloads.GeographicalData.Key, refusal.Message);
                _geodata = before;
                if (TryRender(Parse(_committed), out _, anew: true) is not { } without)
                    return;
                rendered = without;
            }
        }
        // What is odd about the keys, and who could not be asked about them, is as it was.
        _findings = [.. _findings.Except(_desired?.Warnings ?? []), .. rendered.State.Warnings];
        (_config, _desired) = rendered;
    }

    /// <summary>Where mihomo looks for them, before it is asked: it would fetch what it does not find.</summary>
    private void PlaceGeodata(DesiredState state)
    {
        try
        {
            foreach (var link in state.Symlinks.Where(link => link.Component == "clash" && Directory.Exists(Path.GetDirectoryName(link.Path))))
                AtomicFile.Link(link.Path, link.Target);
        }
        catch (LinuxException e)
        {
            // It is done again with the rest, and told of then.
            LogWarning("clash", e.Message);
        }
    }

    /// <summary>Says what is odd, once.</summary>
    private void ShowFindings()
    {
        ImmutableArray<KeyFinding> findings = [.. _findings, .. downloads.Problems, .. _refusedGeodata is { Finding: var refused } ? (KeyFinding[])[refused] : [], .. names.Problems];
        if (findings.SequenceEqual(reporter.Warnings))
            return;
        // What a download lacks, and who does not answer, was logged as it was found.
        foreach (var finding in _findings.Except(reporter.Warnings))
            LogWarning(finding.Key, finding.Message);
        reporter.Warnings = findings;
    }

    /// <summary>Renders a valid configuration; a fault in our own code rejects the commit and ends nothing.</summary>
    /// <returns>Null where it is not valid, or, and then with a fault, where we cannot.</returns>
    /// <param name="result">What is to be.</param>
    /// <param name="fault">What this program lacks.</param>
    /// <param name="candidate">A subscription to render with in place of the one in use.</param>
    /// <param name="anew">True where what was downloaded has changed, so that the same configuration gives something else.</param>
    private (GatewayConfig Config, DesiredState State)? TryRender(ParseResult result, out KeyFinding? fault, SubscriptionCandidate? candidate = null, bool anew = false)
    {
        fault = null;
        if (result.Config is null)
            return null;
        // Without a proxy it is of nothing else.
        if (!anew && ReferenceEquals(result.Config, _config) && result.Config.Clash is null && _desired is not null)
            return (_config, _desired);
        try
        {
            var here = machine with { RuleFiles = _ruleFiles, Geodata = _geodata };
            return (result.Config, Renderer.Render(result.Config, result.Config.Clash is { } clash ? WithProxy(here, clash, candidate) : here));
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

    /// <exception cref="LinuxException">The password of mihomo's API cannot be kept.</exception>
    private Machine WithProxy(Machine here, ClashConfig clash, SubscriptionCandidate? candidate) => here with
    {
        MihomoSecret = MihomoSecretFile.LoadOrMake(MihomoSecretFile.DefaultPath),
        Subscriptions = downloads.Subscriptions.TextsFor(clash, candidate),
    };

    /// <summary>The result is the same object for the same keys and records: then nothing has to be rendered either.</summary>
    private ParseResult Parse(Snapshot snapshot)
    {
        if (_parsed is not { } last || last.Keys != snapshot.Keys || last.Hosts != _hosts)
        {
            var keys = snapshot with { Keys = snapshot.Keys.SetItems(_hosts) };
            _parsed = last = new(snapshot.Keys, _hosts, ConfigParser.Parse(keys, settings.NodeId, _fleet));
        }
        return last.Result;
    }

    [LoggerMessage(304, LogLevel.Information, "beginning with the last good state from the disk, commit '{Commit}' (revision {Revision}), until etcd says otherwise")]
    private partial void LogFromDisk(string commit, long revision);

    [LoggerMessage(305, LogLevel.Warning, "commit '{Commit}' (revision {Revision}) from the disk is not valid for this version, so it is passed over: {Key}: {Message}")]
    private partial void LogKeptInvalid(string commit, long revision, string key, string message);

    [LoggerMessage(302, LogLevel.Warning, "{Key}: {Message}")]
    private partial void LogWarning(string key, string message);
}
