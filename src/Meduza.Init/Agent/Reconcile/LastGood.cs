using Meduza.Gateway.Model;
using Meduza.Init.Agent.Store;
using Meduza.Linux;
using Microsoft.Extensions.Logging;

namespace Meduza.Init.Agent.Reconcile;

/// <summary>
/// What of this node's commits outlives it. It is noted what is due, and written at the end of a turn: after it is so, and
/// after whoever waits for the commit has been told. The loop alone calls it.
/// </summary>
/// <param name="folder">Where.</param>
/// <param name="written">Called when what was written beside the loop, or the end of a pause, is a reason for another turn.</param>
internal sealed partial class LastGood(SnapshotFolder folder, Action written, TimeProvider clock, ILogger log)
{
    /// <summary>
    /// A pause after each writing, as a multiple of what it took: commits that come one after the other leave the processor and
    /// the disk to what they are about. Of a small fleet it is some milliseconds.
    /// </summary>
    private const int Pause = 9;

    private Due _due;

    /// <summary>What is being written beside the loop, or was and is not taken in yet; null for nothing.</summary>
    private Task<Outcome>? _writing;
    private (long Began, long Ended) _lastWriting;
    private volatile bool _isResting;
    private Snapshot? _inForce;
    private Snapshot? _applied;
    private (CommitHold Hold, KeptCommit Target) _hold;

    [Flags]
    private enum Due
    {
        None = 0,
        InForce = 1,
        Applied = 2,
        Hosts = 4,
        Hold = 8,
        HoldIsOver = 16,
        OfHold = Hold | HoldIsOver,
    }

    /// <param name="Left">What is not written.</param>
    /// <param name="Problem">Why; null where all is.</param>
    private sealed record Outcome(Due Left, string? Problem);

    /// <summary>Why it is not kept, with the remedy; null while it is. It is tried again with every turn.</summary>
    public string? Problem { get; private set; }

    /// <summary>A commit is valid, and the machine was made as it says as far as that went.</summary>
    public void IsInForce() => _due = (_due | Due.InForce) & ~Due.Applied;

    /// <summary>The commit in force is applied whole.</summary>
    public void IsApplied() => _due |= Due.Applied;

    /// <summary>The host records are others.</summary>
    public void HostsChanged() => _due |= Due.Hosts;

    /// <summary>
    /// Keeps what is open about a commit, now: before anything is done that may have to be undone. A start without etcd goes
    /// by it, whatever else lies there.
    /// </summary>
    /// <returns>Why it cannot be kept; null where it is.</returns>
    public string? Hold(CommitHold hold, KeptCommit target)
    {
        _hold = (hold, target);
        _due = (_due | Due.Hold) & ~Due.HoldIsOver;
        Problem = Try(WriteHold);
        if (Problem is null)
            _due &= ~Due.Hold;
        return Problem;
    }

    /// <summary>Nothing is open any more. Until the commit in force is kept, the way back is kept too.</summary>
    public void HoldIsOver() => _due = (_due | Due.HoldIsOver) & ~Due.Hold;

    /// <summary>What is open about a commit, and the one to go back to.</summary>
    public (CommitHold Hold, KeptCommit Target)? LoadHold() => folder.LoadHold(LogUnusable);

    /// <summary>
    /// Writes what is due, beside the loop: a large fleet's keys take longer to be safe on a disk than the next commit to come.
    /// What is open about a commit is not written beside anything, and nothing beside it. A commit of the same keys as the one
    /// before is no reason to write.
    /// </summary>
    /// <param name="mark">The commit in force.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="hosts">The host records.</param>
    public void Save(CommitMark mark, Snapshot keys, Snapshot hosts)
    {
        if (_writing is { IsCompleted: false })
            return; // its end is a reason to look again
        TakeIn();
        if (_due == Due.None)
            return;
        if ((_due & Due.OfHold) != 0)
        {
            WriteNow(mark, keys, hosts);
            return;
        }
        if (IsResting())
            return; // as above
        var (due, before) = (_due, Problem);
        _due = Due.None;
        _writing = Task.Run(() => Write(due, mark, keys, hosts));
        _ = TellAsync(_writing, before);
    }

    private bool IsResting()
    {
        var (began, ended) = _lastWriting;
        var left = Pause * clock.GetElapsedTime(began, ended) - clock.GetElapsedTime(ended);
        if (left > TimeSpan.Zero && !_isResting)
        {
            _isResting = true;
            _ = RestAsync(left);
        }
        return left > TimeSpan.Zero;
    }

    private async Task RestAsync(TimeSpan time)
    {
        await Task.Delay(time, clock).ConfigureAwait(false);
        _isResting = false;
        written();
    }

    /// <summary>The end of the loop: what is being written, and what is due, is written before this returns.</summary>
    public void Finish(CommitMark mark, Snapshot keys, Snapshot hosts)
    {
        TakeIn();
        if (_due != Due.None)
            WriteNow(mark, keys, hosts);
    }

    private void WriteNow(CommitMark mark, Snapshot keys, Snapshot hosts)
    {
        var due = _due;
        _due = Due.None;
        _writing = Task.FromResult(Write(due, mark, keys, hosts));
        TakeIn();
    }

    /// <remarks>What fails as it did before is no reason: it is tried again with the next turn, whatever that is for.</remarks>
    private async Task TellAsync(Task<Outcome> writing, string? before)
    {
        await ((Task)writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!writing.IsCompletedSuccessfully || writing.Result.Problem is null || writing.Result.Problem != before)
            written();
    }

    /// <summary>Takes in how the last writing ended, and waits for that: what it left is due again.</summary>
    private void TakeIn()
    {
        if (_writing is null)
            return;
        var (left, problem) = _writing.GetAwaiter().GetResult();
        _writing = null;
        // Another commit in force is not applied because the one before it was.
        _due |= (_due & Due.InForce) != 0 ? left & ~Due.Applied : left;
        if (problem is null && Problem is not null)
            LogKeptAgain();
        Problem = problem;
    }

    /// <returns>What of it is not written, and why.</returns>
    private Outcome Write(Due due, CommitMark mark, Snapshot keys, Snapshot hosts)
    {
        var began = clock.GetTimestamp();
        var problem = Try(() =>
        {
            Write(ref due, Due.Hold, isNews: true, WriteHold);
            Write(ref due, Due.InForce, isNews: !HaveSameKeys(_inForce, keys), () =>
            {
                folder.KeepInForce(mark, keys);
                _inForce = keys;
            });
            Write(ref due, Due.Applied, isNews: !HaveSameKeys(_applied, keys), () =>
            {
                folder.KeepApplied(mark, keys, mayBeKept: _applied is null);
                _applied = keys;
            });
            Write(ref due, Due.Hosts, isNews: true, () => folder.KeepHosts(hosts));
            Write(ref due, Due.HoldIsOver, isNews: true, folder.DropHold);
        });
        if (problem is null)
            _lastWriting = (began, clock.GetTimestamp());
        return new(due, problem);
    }

    /// <summary>What a start without etcd may begin with, the best first. What is damaged is told and passed over.</summary>
    public IEnumerable<KeptCommit> Load() => folder.Load(LogUnusable);

    /// <summary>One of the commits that were applied; null where it cannot be used.</summary>
    /// <param name="problem">Why not.</param>
    public KeptCommit? LoadApplied(int number, out string? problem) => folder.LoadApplied(number, out problem);

    public Snapshot? LoadHosts() => folder.LoadHosts(LogUnusable);

    private void WriteHold() => folder.KeepHold(_hold.Hold, _hold.Target);

    private static void Write(ref Due due, Due what, bool isNews, Action write)
    {
        if ((due & what) == 0)
            return;
        if (isNews)
            write();
        due &= ~what;
    }

    private static bool HaveSameKeys(Snapshot? one, Snapshot other) => one is not null && KeptCommit.HaveSameKeys(one, other);

    /// <returns>Why it cannot be kept; null when it is. It is logged once.</returns>
    private string? Try(Action write)
    {
        try
        {
            write();
            return null;
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            var problem = $"the last good state cannot be kept below {folder.Place}, so a start without etcd would begin with an older one: {e.Message}";
            if (Problem != problem)
                LogProblem(problem);
            return problem;
        }
    }

    [LoggerMessage(310, LogLevel.Warning, "{Problem}")]
    private partial void LogProblem(string problem);

    [LoggerMessage(311, LogLevel.Information, "the last good state is kept again")]
    private partial void LogKeptAgain();

    [LoggerMessage(312, LogLevel.Warning, "{Problem}")]
    private partial void LogUnusable(string problem);
}
