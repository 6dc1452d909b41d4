using Meduza.Init.Supervise.Continuation;

namespace Meduza.Init.Control.Server;

/// <summary>The control socket from one image of PID 1 to the next, and the verb that asks for it.</summary>
internal sealed partial class ControlServer
{
    public KeptControl Keep() => _reconciles.Keep() with { Listener = _listener.Number, Report = _report, RefreshAsked = _refreshes.Asked };

    public void Resume(KeptControl kept)
    {
        _reconciles.Resume(kept);
        _refreshes.Resume(kept.RefreshAsked);
        _report = kept.Report;
    }

    private void Upgrade(ControlConnection client, ControlRequest request)
    {
        if (Continuity is not { } continuity)
        {
            client.Send(new() { Id = request.Id, Error = "this supervisor cannot go on in place" });
            return;
        }
        continuity.GoOnAs(
            request.Program,
            problem => client.Send(new() { Id = request.Id, Error = problem }),
            () =>
            {
                // Who waits for a service would wait for an answer that this image does not give any more.
                _pending.Refuse("meduza-init goes on as another image of itself, nothing was undone: ask again");
                client.Send(new() { Id = request.Id, More = true, Init = continuity.Report });
            });
    }
}
