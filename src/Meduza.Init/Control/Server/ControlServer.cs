using Meduza.Init.Supervise.Continuation;
using Meduza.Init.Supervise.Logs;
using Meduza.Init.Supervise.States;
using Meduza.Linux;
using Meduza.Linux.Events;
using Meduza.Linux.Sockets;

namespace Meduza.Init.Control.Server;

/// <summary>
/// PID 1's side of the control socket: who may connect, and which part answers what. The verbs are in the partials, one
/// concern each; what they promise is written down in docs/design/control.md.
/// </summary>
internal sealed partial class ControlServer : IDisposable
{
    private const int MostClients = 64;
    private const int Backlog = 64;
    private const int MostRepeated = 100;
    private static readonly TimeSpan AcceptPause = TimeSpan.FromSeconds(1);

    private readonly EventLoop _loop;
    private readonly Supervisor _supervisor;
    private readonly Logs _logs;
    private readonly Descriptor _listener;
    private readonly Watch _listening;
    private readonly LoopTimer _acceptAgain;
    private readonly List<ControlConnection> _connections = [];
    private readonly PendingAnswers _pending;
    private readonly ReconcileRequests _reconciles;
    private readonly RefreshRequests _refreshes;

    /// <param name="listener">One that an earlier image of PID 1 made at that path; null makes it.</param>
    /// <exception cref="LinuxException">The socket cannot be made at <paramref name="path"/>.</exception>
    public ControlServer(string path, EventLoop loop, Supervisor supervisor, Logs logs, Descriptor? listener = null)
    {
        (_loop, _supervisor, _logs) = (loop, supervisor, logs);
        _pending = new(loop.Timers);
        _reconciles = new(_pending);
        _refreshes = new(_pending, _reconciles);
        _listener = listener ?? StreamSockets.ListenUnix(path, Backlog);
        try
        {
            _listening = loop.Watch(_listener, Ready.Read, _ => Accept());
        }
        catch
        {
            _listener.Dispose();
            throw;
        }
        _acceptAgain = loop.Timers.Create(() => _listening.Change(Ready.Read));
        supervisor.Changed += OnServiceChanged;
    }

    /// <summary>Called after each request: it has left garbage behind.</summary>
    public event Action? Served;

    /// <summary>Called after each request that may have changed what the next image of PID 1 must know.</summary>
    public event Action? Changed;

    /// <summary>PID 1 itself; null where this serves nothing but services.</summary>
    public IContinuity? Continuity { get; set; }

    /// <summary>Asks the agent for a full reconcile on behalf of nobody who waits for it (SIGUSR1).</summary>
    public void RequestReconcile() => _reconciles.Request();

    public void Dispose()
    {
        _supervisor.Changed -= OnServiceChanged;
        _acceptAgain.Stop();
        _listening.Dispose();
        _listener.Dispose();
        foreach (var connection in _connections.ToArray())
            connection.Dispose();
    }

    private void Accept()
    {
        try
        {
            while (StreamSockets.Accept(_listener) is { } socket)
                Admit(socket);
        }
        catch (LinuxException e)
        {
            // The one that waits keeps the listener readable: without a pause the loop would spin until one goes.
            _logs.Say($"error: no client can connect: {e.Message}");
            _listening.Change(Ready.None);
            _acceptAgain.Start(AcceptPause);
        }
    }

    private void Admit(Descriptor socket)
    {
        uint user;
        ControlConnection connection;
        try
        {
            user = StreamSockets.PeerUser(socket);
            connection = new(_loop, socket, Dispatch, Forget);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        _connections.Add(connection);
        if (user != 0 && user != OwnUser)
            connection.Refuse(0, $"user {user} may not talk to PID 1: only root may");
        else if (_connections.Count > MostClients)
            connection.Refuse(0, $"{MostClients} clients are connected already");
    }

    private static uint OwnUser { get; } = Tmds.Linux.LibC.geteuid();

    private void Forget(ControlConnection connection)
    {
        _connections.Remove(connection);
        _pending.Forget(connection);
        if (_reconciles.IsAgent(connection))
            _refreshes.AgentLost();
        _reconciles.Detach(connection);
        Unfollow(connection);
    }

    private void Dispatch(ControlConnection client, ControlRequest request)
    {
        if (request.Version != 1)
        {
            client.Send(new() { Id = request.Id, Error = $"protocol version {request.Version}: this PID 1 speaks version 1" });
            return;
        }
        try
        {
            Answer(client, request);
        }
        catch (Exception e)
        {
            // A fault in a verb is that request's, not PID 1's.
            _logs.Say($"error: '{request.Verb}' failed: {e}");
            client.Send(new() { Id = request.Id, Error = $"'{request.Verb}' failed in PID 1: {e.Message}" });
        }
        Served?.Invoke();
        if (request.Verb is not (Verbs.Status or Verbs.Logs))
            Changed?.Invoke();
    }

    private void Answer(ControlConnection client, ControlRequest request)
    {
        switch (request.Verb)
        {
            case Verbs.Status: Status(client, request); break;
            case Verbs.Define: Define(client, request); break;
            case Verbs.Remove: Remove(client, request); break;
            case Verbs.Start: Start(client, request); break;
            case Verbs.Stop: Stop(client, request); break;
            case Verbs.Restart: Restart(client, request); break;
            case Verbs.Reload: Reload(client, request); break;
            case Verbs.Logs: ShowLogs(client, request); break;
            case Verbs.Reconcile: Reconcile(client, request); break;
            case Verbs.Rollback: Rollback(client, request); break;
            case Verbs.Refresh: _refreshes.Request(client, request.Id, Limit(request)); break;
            case Verbs.Attach: Attach(client, request); break;
            case Verbs.Report: Report(client, request); break;
            case Verbs.Ready: TakeWord(client, request); break;
            case Verbs.Reconciled: Reconciled(client, request); break;
            case Verbs.Refreshed: Refreshed(client, request); break;
            case Verbs.Upgrade: Upgrade(client, request); break;
            case "fault" when ProvokedFault.IsAllowed: Continuity?.Provoke(request.Program ?? ""); break;
            default: client.Send(new() { Id = request.Id, Error = $"unknown verb '{Short(request.Verb)}'" }); break;
        }
    }

    /// <summary>A client's word as an answer repeats it: a frame may be all one word, and the answer must fit into one too.</summary>
    private static string? Short(string? word) => word is { Length: > MostRepeated } ? $"{word[..MostRepeated]}…" : word;

    private void OnServiceChanged(Service service)
    {
        if (!service.IsForgotten)
            _reconciles.TellAgent(new() { Event = ControlEvents.Service, Services = [_supervisor.Status(service)] });
        _pending.Review();
    }
}
