namespace Meduza.Init.Agent.Downloads;

/// <summary>Who asks for all of it anew, and is told what came of that.</summary>
internal sealed partial class DownloadKeeper
{
    /// <summary>Number of the refresh that is not answered yet, and what came so far.</summary>
    private (long Number, int New, int Same, string? Error)? _refresh;
    private RefreshOutcome? _outcome;

    /// <summary>Fetches all of them now, whatever their interval is.</summary>
    /// <param name="number">Of who asks: to be found in <see cref="TakeOutcome"/> when it is over.</param>
    public void Refresh(long number)
    {
        lock (_lock)
        {
            _refresh = (number, 0, 0, null);
            // One that is under way has begun before somebody asked.
            foreach (var entry in _entries.Values)
                (entry.IsAsked, entry.IsServing) = (true, false);
            AnswerWhenOver();
            Wake();
        }
    }

    /// <summary>How a refresh ended, what came of it being in <see cref="Ready"/>; null where none did since the last look.</summary>
    public RefreshOutcome? TakeOutcome()
    {
        lock (_lock)
        {
            var outcome = _outcome;
            _outcome = null;
            return outcome;
        }
    }

    /// <summary>Answers the refresh when each file was fetched for it, and what came is ready.</summary>
    private void AnswerWhenOver()
    {
        if (_refresh is not var (number, @new, same, error) || _gatheringSince is not null || _entries.Values.Any(entry => entry.IsAsked || entry.IsServing))
            return;
        _refresh = null;
        var text = _entries.Values.ToList() switch
        {
            [] => "",
            [var one] => $"{kind.Words} '{one.Wanted.Name}': " + (@new > 0 ? $"fetched, {one.Kept!.Size} bytes, in use from now on" : "not modified"),
            _ => $"{kind.Several}: {@new} new, {same} not modified",
        };
        _outcome = new(number, error is null ? text : null, error);
        triggers.Raise(Trigger.Report);
    }

    /// <summary>With what is wrong with this one, where it is the first.</summary>
    private (long Number, int New, int Same, string? Error) Told((long Number, int New, int Same, string? Error) refresh, DownloadEntry entry) =>
        refresh with { Error = refresh.Error ?? (entry.Problem is null ? null : $"{kind.Words} '{entry.Wanted.Name}': {entry.Problem}") };
}
