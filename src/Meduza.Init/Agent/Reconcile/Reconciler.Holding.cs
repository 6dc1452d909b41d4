using System.Globalization;
using Meduza.Init.Agent.Store;
using Microsoft.Extensions.Logging;

namespace Meduza.Init.Agent.Reconcile;

/// <summary>
/// Going back: from a commit that nobody confirmed in time, and because an operator wants it. What is decided is
/// <see cref="ConfirmPolicy"/>'s; here it is kept on the disk first, and then done like any other commit.
/// </summary>
internal sealed partial class Reconciler
{
    /// <summary>What is open about a commit, as it lies on the disk, and what to go back to; null where nothing is.</summary>
    private (CommitHold Hold, KeptCommit Target)? _held;

    private bool IsAway => _held is { Hold.IsWaiting: false };

    /// <summary>What an earlier agent left open.</summary>
    private void ResumeHold()
    {
        if (lastGood.LoadHold() is not var (kept, target) || policy.Resume(kept) is not { } hold)
            return;
        if (hold != kept)
            lastGood.Hold(hold, target);
        _held = (hold, target);
    }

    /// <summary>What this node is until now, also where an agent has just started and has not looked yet.</summary>
    private KeptCommit Standing() =>
        _committed is { } keys ? new(_inForce, keys) : lastGood.Load().FirstOrDefault(kept => Parse(kept.Keys).Config is not null) ?? KeptCommit.None;

    /// <summary>Before a valid commit is touched: keeps what is open about it, and the way back.</summary>
    /// <returns>Why that cannot be; null where it is done.</returns>
    private string? Keep(CommitMark commit, TimeSpan? within)
    {
        // One after the other without a confirmation: the way back is to what was confirmed last.
        var target = _held?.Target ?? (within is null ? KeptCommit.None : Standing());
        var hold = policy.TakenUp(_held?.Hold, commit, within, target.Mark);
        if (hold == _held?.Hold)
            return null;
        if (hold is null)
        {
            lastGood.HoldIsOver();
            _held = null;
            return null;
        }
        return Hold(hold, target) is { } problem
            ? $"it could not be gone back from by itself, so nothing of it is done: {problem} (commit without --confirm, or make room there)"
            : null;
    }

    /// <summary>Keeps a hold where it can be kept; otherwise the one before stays.</summary>
    /// <returns>Why it cannot; null where it is.</returns>
    private string? Hold(CommitHold hold, KeptCommit target)
    {
        if (lastGood.Hold(hold, target) is not { } problem)
        {
            _held = (hold, target);
            return null;
        }
        if (_held is var (before, its))
            lastGood.Hold(before, its);
        else
            lastGood.HoldIsOver();
        return problem;
    }

    /// <summary>Goes back where the time for the confirmation is over.</summary>
    private void GoBackInTime(long startedAt)
    {
        if (_held is not var (hold, target) || policy.Expire(hold) is not { } over || over == hold)
            return;
        // An agent that has just started may find it confirmed: etcd is asked first, if it can be.
        if (!store.HasTried && _committed is null && !_lookedOnDisk)
            return;
        lastGood.Hold(over, target);
        _held = (over, target);
        BeWhatItWas(startedAt);
    }

    /// <summary>Goes back to one of the commits that were applied, since an operator wants that.</summary>
    /// <returns>Why not, nothing being touched then; null when it did.</returns>
    private async Task<string?> GoBackToAsync(int number, long startedAt, CancellationToken cancellation)
    {
        if (lastGood.LoadApplied(number, out var problem) is not { } target)
            return problem;
        var result = Parse(target.Keys);
        if (TryRender(result, out var fault) is not { } rendered)
        {
            fault ??= result.Errors[0];
            return $"commit '{target.Mark.Value}' (revision {target.Mark.Revision}) is not valid for this version: {fault.Key}: {fault.Message}";
        }
        var answers = await preflight.AskAsync(rendered.State, taken: null, cancellation);
        if (answers.Refusals is [var refusal, ..])
            return $"{refusal.Key}: {refusal.Message}";
        var hold = policy.GoneBackByOperator(_lookedAt?.Mark ?? _held?.Hold.Commit ?? _inForce);
        if (Hold(hold, target) is { } unkept)
            return unkept;
        BeWhatItWas(startedAt);
        return null;
    }

    /// <summary>Puts the commit to go back to in force. Nobody is asked about it: it was in force before.</summary>
    private void BeWhatItWas(long startedAt)
    {
        var (hold, target) = _held!.Value;
        _unasked = null;
        foreach (var kept in lastGood.Load().Where(kept => kept.Mark != hold.Commit).Prepend(target))
        {
            var result = Parse(kept.Keys);
            if (TryRender(result, out var fault) is not { } rendered)
            {
                fault ??= result.Errors[0];
                LogKeptInvalid(kept.Mark.Value, kept.Mark.Revision, fault.Key, fault.Message);
                continue;
            }
            (_config, _desired) = rendered;
            (_committed, _inForce, _isFromDisk) = (kept.Keys, kept.Mark, false);
            _findings = [.. result.Warnings, .. rendered.State.Warnings];
            lastGood.IsInForce();
            break;
        }
        var words = string.Create(CultureInfo.InvariantCulture, $"{hold.Reason}: back to {Named(_inForce)}, until the next commit");
        _progress = new(hold.Commit, clock, startedAt, BuildInfo.Version)
        {
            WentBack = new(hold.ByOperator ? EtcdConnection.CommitKey : EtcdConnection.ConfirmKey, words),
        };
        LogGoesBack(hold.Commit.Value, hold.Commit.Revision, words);
    }

    /// <summary>Etcd's commit is the one that this node went back from.</summary>
    private void StayAway(LatestCommit latest, long startedAt)
    {
        (_lookedAt, _isFromDisk) = (latest, false);
        if (_committed is null)
            BeWhatItWas(startedAt);
    }

    private static string Named(CommitMark commit) =>
        commit.Revision == 0 ? "what was before the first commit" : string.Create(CultureInfo.InvariantCulture, $"commit '{commit.Value}' (revision {commit.Revision})");

    /// <summary>For <c>meduza status</c>.</summary>
    private void ReportHold()
    {
        reporter.Confirm = _held is var (waiting, back) && waiting.IsWaiting
            ? new(waiting.Commit.Value, waiting.Commit.Revision, policy.Deadline(waiting), back.Mark.Value, back.Mark.Revision)
            : null;
        reporter.RolledBack = _held is var (hold, _) && hold.Reason is { } reason
            ? new(hold.Commit.Value, hold.Commit.Revision, reason, _inForce.Value, _inForce.Revision, hold.Time)
            : null;
    }

    [LoggerMessage(306, LogLevel.Warning, "commit '{Commit}' (revision {Revision}): {Words}")]
    private partial void LogGoesBack(string commit, long revision, string words);
}
