using Meduza.Init.Supervise.Continuation;

namespace Meduza.Init.Control.Server;

/// <summary>
/// Requests for a reconcile, on their way to the agent and back. Each has a number, counted up. The agent says which
/// number is done, and that answers all up to it: what was asked for before a reconcile began is part of it. A request
/// that finds no agent, or whose agent dies before it is done, goes to the next one. One to go back to an applied commit
/// is a reconcile, too: of those that are not done the last one counts.
/// </summary>
internal sealed class ReconcileRequests(PendingAnswers pending)
{
    private ControlConnection? _agent;
    private long _attachId;
    private long _asked;
    private long _done;
    private string? _error;

    /// <summary>The last one that was to go back, and to what.</summary>
    private (long Number, int Snapshot) _back;

    public bool IsAttached => _agent is not null;

    public bool IsAgent(ControlConnection client) => _agent == client;

    /// <summary>From now on the client is the agent; an earlier one no longer is.</summary>
    /// <param name="client">The agent's connection.</param>
    /// <param name="id">Of its attach request, which every event answers.</param>
    public void Attach(ControlConnection client, long id, ControlReply greeting)
    {
        (_agent, _attachId) = (client, id);
        TellAgent(greeting);
        if (_back.Number > _done)
            TellAgent(new() { Event = ControlEvents.Rollback, Reconcile = _back.Number, Snapshot = _back.Snapshot });
        if (_asked > _done && _asked != _back.Number)
            TellAgent(new() { Event = ControlEvents.Reconcile, Reconcile = _asked });
    }

    public void Detach(ControlConnection client)
    {
        if (_agent == client)
            _agent = null;
    }

    public KeptControl Keep() => new() { Asked = _asked, Done = _done, Error = _error, BackAsked = _back.Number, BackTo = _back.Snapshot };

    public void Resume(KeptControl kept) => (_asked, _done, _error, _back) = (kept.Asked, kept.Done, kept.Error, (kept.BackAsked, kept.BackTo));

    /// <summary>Asks for one.</summary>
    /// <returns>Its number.</returns>
    public long Request()
    {
        _asked++;
        TellAgent(new() { Event = ControlEvents.Reconcile, Reconcile = _asked });
        return _asked;
    }

    /// <summary>Asks for one that goes back to an applied commit.</summary>
    /// <returns>Its number.</returns>
    public long RequestBack(int snapshot)
    {
        _back = (++_asked, snapshot);
        TellAgent(new() { Event = ControlEvents.Rollback, Reconcile = _asked, Snapshot = snapshot });
        return _asked;
    }

    /// <summary>The agent says that one is over.</summary>
    /// <param name="error">Why it failed; null when it did not.</param>
    public void Done(long number, string? error)
    {
        if (number <= _done)
            return;
        _done = Math.Min(number, _asked);
        _error = error;
        pending.Review();
    }

    /// <summary>How the reconcile of that number went; null while it is not over.</summary>
    public ControlReply? Result(long number) => number > _done ? null : new() { Reconcile = number, Error = _error };

    /// <summary>Sends the agent an event, when there is one.</summary>
    public void TellAgent(ControlReply reply) => _agent?.Send(reply with { Id = _attachId, More = true });
}
