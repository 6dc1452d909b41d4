using Meduza.Gateway.Model;
using Meduza.Init.Agent.Store;
using Meduza.Linux;
using Microsoft.Extensions.Logging;

namespace Meduza.Init.Agent.Reconcile;

/// <summary>
/// What of this node's commits outlives it. It is noted what is due, and written at the end of a turn: after it is so, and
/// after whoever waits for the commit has been told.
/// </summary>
internal sealed partial class LastGood(SnapshotFolder folder, ILogger log)
{
    private Due _due;
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
    }

    /// <summary>Why it is not kept, with the remedy; null while it is. It is tried again with every turn.</summary>
    public string? Problem { get; private set; }

    /// <summary>A commit is valid, and the machine was made as it says as far as that went.</summary>
    public void IsInForce() => _due |= Due.InForce;

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
        return Problem = Try(WriteHold);
    }

    /// <summary>Nothing is open any more. Until the commit in force is kept, the way back is kept too.</summary>
    public void HoldIsOver() => _due = (_due | Due.HoldIsOver) & ~Due.Hold;

    /// <summary>What is open about a commit, and the one to go back to.</summary>
    public (CommitHold Hold, KeptCommit Target)? LoadHold() => folder.LoadHold(LogUnusable);

    /// <summary>Writes what is due. A commit of the same keys as the one before is no reason to write.</summary>
    /// <param name="mark">The commit in force.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="hosts">The host records.</param>
    public void Save(CommitMark mark, Snapshot keys, Snapshot hosts)
    {
        if (_due == Due.None)
            return;
        var problem = Try(() =>
        {
            WriteHold();
            Write(Due.InForce, isNews: !HaveSameKeys(_inForce, keys), () =>
            {
                folder.KeepInForce(mark, keys);
                _inForce = keys;
            });
            Write(Due.Applied, isNews: !HaveSameKeys(_applied, keys), () =>
            {
                folder.KeepApplied(mark, keys);
                _applied = keys;
            });
            Write(Due.Hosts, isNews: true, () => folder.KeepHosts(hosts));
            Write(Due.HoldIsOver, isNews: true, folder.DropHold);
        });
        if (problem is null && Problem is not null)
            LogKeptAgain();
        Problem = problem;
    }

    /// <summary>What a start without etcd may begin with, the best first. What is damaged is told and passed over.</summary>
    public IEnumerable<KeptCommit> Load() => folder.Load(LogUnusable);

    /// <summary>One of the commits that were applied; null where it cannot be used.</summary>
    /// <param name="problem">Why not.</param>
    public KeptCommit? LoadApplied(int number, out string? problem) => folder.LoadApplied(number, out problem);

    public Snapshot? LoadHosts() => folder.LoadHosts(LogUnusable);

    private void WriteHold() => Write(Due.Hold, isNews: true, () => folder.KeepHold(_hold.Hold, _hold.Target));

    private void Write(Due what, bool isNews, Action write)
    {
        if ((_due & what) == 0)
            return;
        if (isNews)
            write();
        _due &= ~what;
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
