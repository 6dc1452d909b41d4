using System.Text.Json.Nodes;
using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Lab.Supervision;

/// <summary>A PID 1 without etcd, and services that a test gives it over the control socket.</summary>
internal sealed class Machine : IDisposable
{
    private ControlPeer _control;

    public Machine(PidOneOptions? options = null)
    {
        // An etcd that nobody runs: the agent stays, and leaves the services of this test alone.
        options ??= new();
        Init = PidOne.Start(options with { Environment = ["NODE_ID=lab", "ETCD_ENDPOINTS=http://127.0.0.1:1", .. options.Environment] });
        // The socket is there a moment before anybody listens at it.
        ControlPeer? control = null;
        Until(() => (control = ControlPeer.TryConnect(Init.ControlSocket)) is not null, "a control socket");
        _control = control!;
    }

    public PidOne Init { get; }

    public static void Until(Func<bool> condition, string what)
    {
        for (var end = Environment.TickCount64 + 60_000; !condition(); Thread.Sleep(5))
        {
            if (Environment.TickCount64 > end)
                throw new LabException($"there was no {what} within a minute");
        }
    }

    public JsonObject Ask(JsonObject request)
    {
        var reply = Answer(request);
        return (string?)reply["error"] is { } error ? throw new LabException(error) : reply;
    }

    /// <summary>One image of PID 1 ends its connections, and the next one listens at the same place.</summary>
    private JsonObject Answer(JsonObject request)
    {
        try
        {
            return _control.Ask(request);
        }
        catch (Exception e) when (e is EndOfStreamException or System.Net.Sockets.SocketException)
        {
            _control.Dispose();
            _control = new(Init.ControlSocket);
            return _control.Ask(request);
        }
    }

    /// <summary>PID 1 itself, as it says.</summary>
    public JsonObject Self() => Ask(new() { ["verb"] = "status" })["init"]!.AsObject();

    /// <summary>Has PID 1 go on in place, by whatever <paramref name="reason"/>, and waits until its next image answers.</summary>
    /// <returns>What that one says of itself.</returns>
    public JsonObject GoOn(Action reason)
    {
        var before = (long)Self()["image_started_at"]!;
        reason();
        JsonObject after = [];
        Until(() => (long)(after = Self())["image_started_at"]! != before, "next image of PID 1");
        return after;
    }

    /// <summary>Has PID 1 go on as a program; null is the one that it is.</summary>
    public JsonObject GoOnAs(string? program = null) => GoOn(() => Ask(new() { ["verb"] = "upgrade", ["program"] = program }));

    public void Define(string name, string[] command, Action<JsonObject>? more = null)
    {
        var definition = new JsonObject
        {
            ["name"] = name,
            ["component"] = name,
            ["command"] = new JsonArray([.. command.Select(c => (JsonNode)c)]),
        };
        more?.Invoke(definition);
        Ask(new() { ["verb"] = "define", ["definition"] = definition });
    }

    public void Define(string name, string shell) => Define(name, ["/bin/sh", "-c", shell]);

    public Dictionary<string, JsonObject> Status() =>
        Ask(new() { ["verb"] = "status" })["services"]!.AsArray().ToDictionary(s => (string)s!["name"]!, s => s!.AsObject());

    public JsonObject Status(string name) => Status()[name];

    public string State(string name) => (string)Status(name)["state"]!;

    public string? LastExit(string name) => (string?)Status(name)["last_exit"];

    public int Pid(string name) => (int)Status(name)["pid"]!;

    public void UntilState(string name, string state) => Until(() => State(name) == state, $"{name} that is {state}");

    /// <summary>Waits until another process than <paramref name="old"/> is the agent, and ready: both said by one answer.</summary>
    public void UntilAgentAfter(int old) => UntilReadyAfter("agent", old);

    /// <summary>Waits until another process than <paramref name="old"/> is the service's, and ready.</summary>
    public void UntilReadyAfter(string name, int old) => Until(
        () => Status(name) is var service && (string)service["state"]! == "ready" && (int)service["pid"]! != old, $"new process of {name}");

    /// <summary>SIGKILL to the process of a service.</summary>
    /// <returns>Its pid in there.</returns>
    public int Kill(string name)
    {
        var pid = Pid(name);
        Signals.Send(HostPid(pid), 9);
        return pid;
    }

    /// <summary>The pid here of a process that PID 1 knows by <paramref name="pid"/>.</summary>
    public int HostPid(int pid) => Init.Processes().Single(p => p.Pid == pid).HostPid;

    /// <summary>Processes of that command line, zombies aside.</summary>
    public IReadOnlyList<SeenProcess> Running(string commandLine) => [.. Init.Processes().Where(p => p.CommandLine == commandLine)];

    public void Dispose()
    {
        _control.Dispose();
        Init.Dispose();
    }
}
