using System.Diagnostics;
using System.Globalization;
using Meduza.Gateway.Render;
using Meduza.Init.Control;
using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Bench.Supervision;

/// <summary>One supervisor as PID 1 of its own machine, with all its services running.</summary>
internal sealed class Contestant : IDisposable
{
    private readonly int _services;
    private readonly ExecWatch _watch;

    /// <summary>Starts it, and waits for the program of its last service.</summary>
    public Contestant(Peer peer, int services)
    {
        (Peer, _services) = (peer, services);
        Machine = PidOne.Start(new()
        {
            Name = peer.Name,
            Environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "NODE_ID=bench", "ETCD_ENDPOINTS=http://127.0.0.1:1"],
            Command = peer.Command,
            Prepare = peer.Prepare(services),
        });
        var gate = Machine.Root + Peer.Gate;
        Machine.WaitUntil(() => File.Exists(gate), "its root is made");
        _watch = new(Enumerable.Range(0, services).Select(i => Machine.Root + Peer.ServiceProgram(i)));
        File.WriteAllText(gate, "\n");
        var since = Stopwatch.GetTimestamp();
        if (peer == Peer.Meduza)
            Define();
        StartMilliseconds = _watch.Wait(services, since);
        Machine.WaitUntil(() => Sleepers().Count == services, "every service became sleep(1)");
    }

    public Peer Peer { get; }
    public PidOne Machine { get; }

    /// <summary>From its own execution to that of its last service's program.</summary>
    public double StartMilliseconds { get; }

    /// <summary>The processes of services.</summary>
    public IReadOnlyList<SeenProcess> Sleepers() => [.. Machine.Processes().Where(p => p.Name == "sleep")];

    /// <summary>The supervisor itself, however many processes that is.</summary>
    public IReadOnlyList<SeenProcess> Itself() => [.. Machine.Processes().Where(p => p.Name != "sleep" && p.State != 'Z')];

    /// <summary>Ends the process of a service, and waits for the execution of the next.</summary>
    /// <returns>Milliseconds from the signal to the execution.</returns>
    public double KillToExec(SeenProcess sleeper)
    {
        _watch.Forget();
        var since = Stopwatch.GetTimestamp();
        Signals.Send(sleeper.HostPid, 9);
        return _watch.Wait(1, since);
    }

    /// <summary>Ends it in order.</summary>
    /// <returns>Milliseconds from the signal to the end of its pid namespace.</returns>
    public double Stop()
    {
        var since = Stopwatch.GetTimestamp();
        Machine.Stop();
        return Stopwatch.GetElapsedTime(since).TotalMilliseconds;
    }

    /// <summary>One request to Meduza's PID 1.</summary>
    public void Ask(ControlRequest request)
    {
        using var client = new Connection(Machine.ControlSocket);
        client.Ask(request);
    }

    public void Dispose()
    {
        _watch.Dispose();
        Machine.Dispose();
    }

    private void Define()
    {
        while (!File.Exists(Machine.ControlSocket))
            Thread.Sleep(1);
        using var client = new Connection(Machine.ControlSocket);
        // The others have no second process that talks to a store.
        client.Ask(new() { Verb = Verbs.Stop, Services = [ControlNames.Agent] });
        for (var i = 0; i < _services; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"s{i}");
            client.Ask(new()
            {
                Verb = Verbs.Define,
                Definition = new ServiceDefinition { Name = name, Component = name, Command = [Peer.ServiceProgram(i), Peer.Script] },
            });
        }
    }

    /// <summary>The control socket, one question at a time.</summary>
    internal sealed class Connection(string path) : IDisposable
    {
        private readonly ControlClient _client = ControlClient.ConnectAsync(path, CancellationToken.None).GetAwaiter().GetResult();

        public ControlReply Ask(ControlRequest request)
        {
            var reply = _client.SendAsync(request, CancellationToken.None).GetAwaiter().GetResult();
            return reply.Error is { } error ? throw new LabException(error) : reply;
        }

        public void Dispose() => _client.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
