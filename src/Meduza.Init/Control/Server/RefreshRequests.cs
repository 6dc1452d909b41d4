namespace Meduza.Init.Control.Server;

/// <summary>
/// Requests to fetch anew, on their way to the agent and back. Each has a number, counted up, and the end of one answers all
/// up to it. None is kept for a later agent: it would be fetched when nobody waits for it any more.
/// </summary>
internal sealed class RefreshRequests(PendingAnswers pending, ReconcileRequests agent)
{
    private long _asked;
    private long _done;

    /// <summary>How those up to <see cref="_done"/> ended that still wait.</summary>
    private ControlReply _outcome = new();

    /// <summary>Of the last one: an answer to an earlier image of PID 1 is none to this one's requests.</summary>
    public long Asked => _asked;

    public void Resume(long asked) => (_asked, _done) = (asked, asked);

    /// <param name="limit">How long the client waits.</param>
    public void Request(ControlConnection client, long id, TimeSpan limit)
    {
        if (!agent.IsAttached)
        {
            client.Send(new() { Id = id, Error = "no agent runs that could fetch it: see `meduza status agent`" });
            return;
        }
        var number = ++_asked;
        agent.TellAgent(new() { Event = ControlEvents.Refresh, Reconcile = number });
        pending.Add(client, id, () => number > _done ? null : _outcome, limit, () => new() { NotYet = true });
    }

    /// <summary>The agent says that one is over.</summary>
    /// <param name="text">What came of it; null where nothing did.</param>
    /// <param name="error">Why nothing did.</param>
    public void Done(long number, string? text, string? error)
    {
        if (number <= _done)
            return;
        (_done, _outcome) = (Math.Min(number, _asked), new() { Text = text, Error = error });
        pending.Review();
    }

    /// <summary>The agent that was told of them is gone.</summary>
    public void AgentLost() => Done(_asked, null, "the agent ended while it fetched: ask again");
}
