using System.Net;
using System.Net.Sockets;
using System.Text;
using Meduza.Gateway.Render;
using Meduza.Gateway.Render.Mihomo;
using Meduza.Init.Agent;
using Meduza.Init.Agent.Status;
using Meduza.Init.Control;
using Meduza.Linux.Files;

namespace Meduza.Init.Tests.Agent.Status;

/// <summary>What is heard from a process that is this one: it listens where OpenVPN and mihomo would.</summary>
public sealed class AgentWordsTests : IAsyncDisposable
{
    private static readonly int Pid = Environment.ProcessId;

    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-words-").FullName;
    private readonly Triggers _triggers = new();
    private readonly OpenVpnStates _openVpn;
    private readonly AnswerProbe _mihomo;
    private readonly DaemonAnswers _daemons;
    private readonly AgentWords _words;
    private volatile MihomoApi? _api;

    public AgentWordsTests()
    {
        _openVpn = new(null, _triggers, TimeProvider.System);
        _mihomo = new(ProbePace.Api, address => new MihomoQuestion(address, () => _api), () => _triggers.Raise(Trigger.Report), TimeProvider.System);
        _daemons = new(() => _triggers.Raise(Trigger.Report), TimeProvider.System);
        _words = new(_openVpn, _mihomo, _daemons, api => _api = api, _ => null);
    }

    public async ValueTask DisposeAsync()
    {
        await _openVpn.DisposeAsync();
        await _mihomo.DisposeAsync();
        await _daemons.DisposeAsync();
        _triggers.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static ServiceDefinition Definition(string name, string component, string target) =>
        new() { Name = name, Component = component, Command = ["/bin/true"], Readiness = new(ReadinessKind.Agent, target) };

    private static ServiceStatus Status(ServiceDefinition definition, int pid) =>
        new() { Name = definition.Name, Component = definition.Component, State = "starting", Pid = pid, StartedAt = 0, Definition = definition };

    private Task FollowAsync(ServiceDefinition definition, int pid, string state = ServiceStates.Starting) =>
        _words.FollowAsync([definition], _api, new Dictionary<string, ServiceStatus> { [definition.Name] = Status(definition, pid) with { State = state } });

    /// <summary>Waits until what is known is as wanted; every change of it raises a trigger.</summary>
    private async Task UntilAsync(ServiceDefinition definition, Func<AgentWord, bool> wanted)
    {
        for (var end = Environment.TickCount64 + 60_000; !wanted(_words.Of(Status(definition, Pid))!.Value);)
        {
            Assert.True(Environment.TickCount64 < end, $"known is {_words.Of(Status(definition, Pid))}");
            await _triggers.TakeAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task An_instance_is_heard_as_soon_as_it_listens_and_is_ready_when_it_is_connected()
    {
        var definition = Definition("openvpn-a", "openvpn/a", Path.Combine(_folder, "a.sock"));
        await FollowAsync(definition, Pid); // nobody listens yet
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(definition.Readiness.Target));
        listener.Listen();

        using var management = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        Assert.Equal(default, _words.Of(Status(definition, Pid)) is { Pid: var pid } ? pid : -1); // it has not said anything
        await SayAsync(management, "1700000000,WAIT,,,,,,\n");
        await UntilAsync(definition, word => word == new AgentWord(Pid, false, "its other end"));
        Assert.True(_words.WaitsForOthers(Status(definition, Pid)));
        Assert.False(_words.WaitsForOthers(Status(definition, Pid + 1)));
        Assert.False(_words.WaitsForOthers(Status(definition, Pid) with { State = ServiceStates.Stopping }));

        await SayAsync(management, ">STATE:1700000001,CONNECTED,SUCCESS,10.0.0.1,,,,\n");
        await UntilAsync(definition, word => word.IsReady);
        Assert.False(_words.WaitsForOthers(Status(definition, Pid)));

        management.Close();
        await UntilAsync(definition, word => word.Pid == 0);
    }

    [Fact]
    public async Task An_instance_is_looked_for_when_its_socket_appears()
    {
        using var watch = FolderWatch.Open();
        await using var states = new OpenVpnStates(watch, _triggers, TimeProvider.System) { FirstLook = TimeSpan.FromHours(1) };
        var reader = new Thread(() =>
        {
            while (watch.Read(states.Appeared))
            {
            }
        });
        reader.Start();
        var path = Path.Combine(_folder, "a.sock");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        using (var listener = Listening(path))
        {
            await states.FollowAsync(new Dictionary<string, OpenVpnProcess> { ["a"] = new(path, Pid) });
            (await listener.AcceptAsync(limit.Token)).Close();
        }
        File.Delete(path);

        using var again = Listening($"{path}.new");
        File.Move($"{path}.new", path);

        using var management = await again.AcceptAsync(limit.Token);
        watch.End();
        reader.Join();
    }

    [Fact]
    public async Task A_socket_that_appears_while_its_instance_goes_is_nobody_s()
    {
        await using var states = new OpenVpnStates(null, _triggers, TimeProvider.System);
        var path = Path.Combine(_folder, "a.sock");
        using var end = new CancellationTokenSource();
        var telling = Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
                states.Appeared(new(_folder, "a.sock"));
        }, CancellationToken.None);

        for (var i = 0; i < 2000 && !telling.IsCompleted; i++)
        {
            await states.FollowAsync(new Dictionary<string, OpenVpnProcess> { ["a"] = new(path, Pid) });
            await states.FollowAsync(new Dictionary<string, OpenVpnProcess>());
        }

        await end.CancelAsync();
        await telling;
    }

    [Fact]
    public async Task An_API_is_healthy_while_it_answers_also_by_a_refusal()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var definition = Definition("mihomo", "clash", listener.LocalEndpoint.ToString()!);
        await FollowAsync(definition, Pid);
        var answering = new CancellationTokenSource();
        var server = AnswerAsync(listener, answering.Token);

        await UntilAsync(definition, word => word == new AgentWord(Pid, true, word.Lack));
        Assert.False(_words.WaitsForOthers(Status(definition, Pid)));

        // From now on connections are accepted, by the kernel, and no answer comes.
        await answering.CancelAsync();
        await server;
        await UntilAsync(definition, word => word is { Pid: not 0, IsReady: false });

        using var again = new CancellationTokenSource();
        server = AnswerAsync(listener, again.Token);
        await UntilAsync(definition, word => word.IsReady);
        await again.CancelAsync();
        await server;

        // Another process: nothing is known of it.
        await FollowAsync(definition, Pid + 1);
        Assert.Equal(default(AgentWord), _words.Of(Status(definition, Pid)));
        answering.Dispose();
    }

    [Fact]
    public async Task A_routing_daemon_is_asked_at_its_terminal_and_one_that_is_not_to_be_judged_is_not()
    {
        var path = Path.Combine(_folder, "bgpd.vty");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var definition = Definition("bgpd", "frr", path) with { Readiness = new(ReadinessKind.UnixSocket, path), Health = HealthCheck.ByAnswers };
        // One that starts has all the time that its start may take: what it leaves unanswered meanwhile is not held against it.
        await FollowAsync(definition, Pid);
        Assert.False(listener.Poll(TimeSpan.FromSeconds(1.5), SelectMode.SelectRead));
        await FollowAsync(definition, Pid, ServiceStates.Ready);
        Assert.Equal(default(AgentWord), _words.Of(Status(definition, Pid)));

        using var vty = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        await SayAsync(vty, "PING\n\0\0\0\0");
        await UntilAsync(definition, word => word == new AgentWord(Pid, true, $"answer at {path}"));

        await FollowAsync(definition with { Health = null }, Pid, ServiceStates.Ready);
        Assert.Equal(default(AgentWord), _words.Of(Status(definition, Pid)));
        Assert.Null(_words.Of(Status(Definition("zebra", "frr", path), Pid)));
    }

    private static Socket Listening(string path)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        return listener;
    }

    private static async Task SayAsync(Socket socket, string text) =>
        await socket.SendAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);

    private static async Task AnswerAsync(TcpListener listener, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                using var client = await listener.AcceptSocketAsync(cancellation);
                await client.ReceiveAsync(new byte[1024], cancellation);
                await client.SendAsync("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), cancellation);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // Told to end; or the one who asked had no more time.
            }
        }
    }
}
