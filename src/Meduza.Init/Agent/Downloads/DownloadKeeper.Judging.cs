namespace Meduza.Init.Agent.Downloads;

/// <summary>What came, and is the loop's to take or to refuse.</summary>
internal sealed partial class DownloadKeeper
{
    /// <summary>One that came and was not judged yet, and its name; null where none did.</summary>
    public (string Name, KeptCopy Copy)? Candidate
    {
        get
        {
            lock (_lock)
                return _entries.Values.FirstOrDefault(entry => entry.Offered is not null) is { } entry ? (entry.Wanted.Name, entry.Offered!) : null;
        }
    }

    /// <summary>The one in use; null where none is there, or it is not among the wanted ones.</summary>
    public KeptCopy? InUse(string name)
    {
        lock (_lock)
            return _entries.GetValueOrDefault(name)?.Kept;
    }

    /// <summary>The candidate is in use from now on, and kept.</summary>
    public void Take(KeptCopy candidate) => Judge(candidate, entry => InUse(entry, candidate, isNew: true));

    /// <summary>The candidate is not used, and what was there stays.</summary>
    /// <param name="candidate">Which.</param>
    /// <param name="reason">Why, in one line without anything of it.</param>
    public void Refuse(KeptCopy candidate, string reason) => Judge(candidate, entry => Failed(entry, reason));

    private void Judge(KeptCopy candidate, Action<DownloadEntry> judgement)
    {
        lock (_lock)
        {
            // The keys may name another one by now.
            if (_entries.Values.FirstOrDefault(entry => ReferenceEquals(entry.Offered, candidate)) is not { } entry)
                return;
            judgement(entry);
            AnswerWhenOver();
            Wake();
        }
    }
}
