namespace Meduza.Init.Control.Server;

/// <summary>The verbs of the agent, and those that go to it.</summary>
internal sealed partial class ControlServer
{
    private void Reconcile(ControlConnection client, ControlRequest request) => Reconcile(client, request, _reconciles.Request());

    private void Rollback(ControlConnection client, ControlRequest request)
    {
        if (request.Snapshot is { } snapshot)
            Reconcile(client, request, _reconciles.RequestBack(snapshot));
        else
            client.Send(new() { Id = request.Id, Error = "rollback needs the number of an applied commit" });
    }

    private void Reconcile(ControlConnection client, ControlRequest request, long number)
    {
        if (!request.Wait)
        {
            client.Send(new() { Id = request.Id, Reconcile = number });
            return;
        }
        _pending.Add(
            client, request.Id, () => _reconciles.Result(number), Limit(request),
            () => new() { Reconcile = number, NotYet = true });
    }

    private void Attach(ControlConnection client, ControlRequest request)
    {
        _refreshes.AgentLost();
        _reconciles.Attach(client, request.Id, new() { Services = Statuses(_supervisor.Services) });
    }

    private void Report(ControlConnection client, ControlRequest request)
    {
        _report = request.Report ?? _report;
        client.Send(new() { Id = request.Id, Error = request.Report is null ? "report needs a report" : null });
    }

    private void TakeWord(ControlConnection client, ControlRequest request)
    {
        if (Named(client, request) is not { } services)
            return;
        var problem = services.Length > 1 ? "'ready' is said of one service" : services[0].Said(request.Pid, request.Ready, request.Error);
        client.Send(Done(services) with { Id = request.Id, Error = problem });
    }

    private void Reconciled(ControlConnection client, ControlRequest request)
    {
        _reconciles.Done(request.Reconcile, request.Error);
        client.Send(new() { Id = request.Id });
    }

    private void Refreshed(ControlConnection client, ControlRequest request)
    {
        _refreshes.Done(request.Reconcile, request.Text, request.Error);
        client.Send(new() { Id = request.Id });
    }
}
