using Meduza.Linux.Events;

namespace Meduza.Init.Control.Server;

/// <summary>
/// Requests that are answered when something has come about, or when their time is over. They are looked at again after
/// every change; none holds the loop.
/// </summary>
internal sealed class PendingAnswers(Timers timers)
{
    private readonly List<Pending> _pending = [];

    /// <param name="Answer">Gives the answer once there is one.</param>
    private sealed record Pending(ControlConnection Client, long Id, Func<ControlReply?> Answer, LoopTimer Limit);

    /// <summary>Answers now if there is an answer, later otherwise.</summary>
    /// <param name="answer">Gives the answer once there is one; looked at after every change.</param>
    /// <param name="limit">How long the client waits.</param>
    /// <param name="late">The answer when that is over.</param>
    public void Add(ControlConnection client, long id, Func<ControlReply?> answer, TimeSpan limit, Func<ControlReply> late)
    {
        if (answer() is { } now)
        {
            client.Send(now with { Id = id });
            return;
        }
        Pending? pending = null;
        var timer = timers.Create(() =>
        {
            _pending.Remove(pending!);
            client.Send(late() with { Id = id });
        });
        pending = new(client, id, answer, timer);
        _pending.Add(pending);
        timer.Start(limit);
    }

    /// <summary>Something changed: answers all that has an answer now.</summary>
    public void Review()
    {
        for (var i = 0; i < _pending.Count; i++)
        {
            var pending = _pending[i];
            if (pending.Answer() is not { } answer)
                continue;
            pending.Limit.Stop();
            _pending.RemoveAt(i--);
            // Sending may find the client gone, which takes its other requests out of the list: start over.
            var count = _pending.Count;
            pending.Client.Send(answer with { Id = pending.Id });
            if (_pending.Count != count)
                i = -1;
        }
    }

    /// <summary>Answers all at once, since their answer will not come any more.</summary>
    public void Refuse(string error)
    {
        foreach (var pending in _pending.ToArray())
        {
            pending.Limit.Stop();
            pending.Client.Send(new() { Id = pending.Id, Error = error });
        }
        _pending.Clear();
    }

    /// <summary>The client is gone, and with it whoever would read.</summary>
    public void Forget(ControlConnection client)
    {
        foreach (var pending in _pending)
        {
            if (pending.Client == client)
                pending.Limit.Stop();
        }
        _pending.RemoveAll(p => p.Client == client);
    }
}
