using System.Collections.Immutable;
using Meduza.Init.Supervise;
using Meduza.Init.Supervise.States;

namespace Meduza.Init.Control.Server;

/// <summary>The verbs about services.</summary>
internal sealed partial class ControlServer
{
    private const int DefaultTimeout = 60_000;

    private AgentReport? _report;

    private void Status(ControlConnection client, ControlRequest request)
    {
        if (request.Services.IsEmpty)
            client.Send(new() { Id = request.Id, Services = Statuses(_supervisor.Services), Report = _report, Init = Continuity?.Report });
        else if (Named(client, request) is { } services)
            client.Send(new() { Id = request.Id, Services = Statuses(services), Report = _report });
    }

    private void Define(ControlConnection client, ControlRequest request)
    {
        var problem = _supervisor.IsShuttingDown ? "this machine is shutting down"
            : request.Definition is null ? "define needs a definition"
            : ControlNames.IsPid1s(request.Definition.Name) ? $"'{request.Definition.Name}' is PID 1's own service"
            : DefinitionCheck.Problem(request.Definition);
        if (problem is not null)
        {
            client.Send(new() { Id = request.Id, Error = problem });
            return;
        }
        if (RequirementCircle.Find(request.Definition!, _supervisor.Find) is { } circle)
        {
            client.Send(new()
            {
                Id = request.Id,
                Error = $"service {request.Definition!.Name} would require itself: {circle}; take one of these requirements away",
            });
            return;
        }
        var action = _supervisor.Define(request.Definition!);
        client.Send(new()
        {
            Id = request.Id,
            Action = action,
            Services = _supervisor.Find(request.Definition!.Name) is { } service ? [_supervisor.Status(service)] : [],
        });
    }

    private void Remove(ControlConnection client, ControlRequest request)
    {
        if (request.Services.FirstOrDefault(ControlNames.IsPid1s) is { } own)
        {
            client.Send(new() { Id = request.Id, Error = $"'{own}' is PID 1's own service" });
            return;
        }
        // What is not there is removed already.
        var known = request.Services.Where(name => name is not null).Select(_supervisor.Find).OfType<Service>().ToArray();
        var serials = Array.ConvertAll(known, service => service.Serial);
        foreach (var service in known)
            service.Remove();
        WhenDone(client, request, known, () =>
            Enumerable.Range(0, known.Length).All(i => !known[i].HasProcess || known[i].Serial != serials[i]) ? new ControlReply() : null);
    }

    private void Start(ControlConnection client, ControlRequest request)
    {
        if (Named(client, request) is not { } services || !MayStart(client, request))
            return;
        foreach (var service in services)
            _supervisor.Start(service);
        WhenDone(client, request, services, () => Up(services, _ => true));
    }

    private void Stop(ControlConnection client, ControlRequest request)
    {
        if (Named(client, request) is not { } services)
            return;
        foreach (var service in services)
            service.Stop();
        WhenDone(client, request, services, () =>
            services.Any(s => s.Wanted) ? Failed($"{services.First(s => s.Wanted).Name} was started again meanwhile", services)
            : services.All(s => s.State == ServiceState.Down) ? Done(services)
            : null);
    }

    private void Restart(ControlConnection client, ControlRequest request)
    {
        if (Named(client, request) is not { } services || !MayStart(client, request))
            return;
        var before = services.ToDictionary(s => s, s => s.Serial);
        foreach (var service in services)
            service.Restart();
        WhenDone(client, request, services, () => Up(services, s => s.Serial > before[s]));
    }

    private void Reload(ControlConnection client, ControlRequest request)
    {
        if (Named(client, request) is not { } services)
            return;
        var deaf = services.FirstOrDefault(service => service.Definition.ReloadSignal == 0);
        foreach (var service in deaf is null ? services : [])
            service.Reload();
        client.Send(Done(services) with
        {
            Id = request.Id,
            Error = deaf is null ? null : $"{deaf.Name} reads its files at its start alone: `meduza restart {deaf.Name}`",
        });
    }

    /// <summary>The answer to a start: when all are ready, or one of them is known not to become so.</summary>
    private ControlReply? Up(Service[] services, Func<Service, bool> isNew)
    {
        if (services.FirstOrDefault(s => !s.Wanted) is { } stopped)
            return Failed($"{stopped.Name} was stopped meanwhile", services);
        if (services.Any(s => s.State == ServiceState.Failing))
            return Done(services) with { NotYet = true };
        return services.All(s => s.IsUp && isNew(s)) ? Done(services) : null;
    }

    private ControlReply Done(Service[] services) => new() { Services = Statuses(services) };

    private ControlReply Failed(string error, Service[] services) => Done(services) with { Error = error };

    private void WhenDone(ControlConnection client, ControlRequest request, Service[] services, Func<ControlReply?> answer) =>
        _pending.Add(client, request.Id, answer, Limit(request), () => Done(services) with { NotYet = true });

    private static TimeSpan Limit(ControlRequest request) =>
        TimeSpan.FromMilliseconds(Math.Max(request.TimeoutMilliseconds ?? DefaultTimeout, 0));

    private bool MayStart(ControlConnection client, ControlRequest request)
    {
        if (_supervisor.IsShuttingDown)
            client.Send(new() { Id = request.Id, Error = "this machine is shutting down" });
        return !_supervisor.IsShuttingDown;
    }

    /// <summary>The services that the request names; null, and an answer, when it names none or one that is not there.</summary>
    private Service[]? Named(ControlConnection client, ControlRequest request)
    {
        var services = new List<Service>(request.Services.Length);
        foreach (var name in request.Services)
        {
            if (name is not null && _supervisor.Find(name) is { } service)
            {
                services.Add(service);
                continue;
            }
            client.Send(new() { Id = request.Id, Error = $"no service \"{Short(name)}\": `meduza status` lists them" });
            return null;
        }
        if (services.Count > 0)
            return [.. services];
        client.Send(new() { Id = request.Id, Error = $"'{request.Verb}' needs the name of a service" });
        return null;
    }

    private ImmutableArray<ServiceStatus> Statuses(IEnumerable<Service> services) =>
        [.. services.Select(s => _supervisor.Status(s) with { LogLinesLost = _logs.Lost(s.Name) })];
}
