using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Meduza.Linux.Process;

namespace Meduza.Init.Tests.Agent.Store;

/// <summary>A real etcd on loopback, with its own folder; it can be stopped and started again with what it holds.</summary>
internal sealed class EtcdServer : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Ports that a server of these tests has, or had.</summary>
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-etcd-").FullName;
    private readonly string[] _options;
    private readonly string _name;
    private readonly string _members;
    private readonly int _port = FreePort();
    private readonly int _peerPort;
    private readonly string _scheme;
    private string _data = "data";
    private RunningCommand? _process;

    public EtcdServer(string scheme = "http", params string[] options)
        : this(scheme, "t", FreePort(), null, options) => Start();

    private EtcdServer(string scheme, string name, int peerPort, string? members, string[] options)
    {
        (_scheme, _name, _peerPort, _options) = (scheme, name, peerPort, options);
        _members = members ?? Member(name, peerPort);
    }

    /// <summary>Three members of one cluster.</summary>
    public static EtcdServer[] Cluster()
    {
        (string Name, int Port)[] members = [("a", FreePort()), ("b", FreePort()), ("c", FreePort())];
        var all = string.Join(',', members.Select(member => Member(member.Name, member.Port)));
        EtcdServer[] servers = [.. members.Select(member => new EtcdServer("http", member.Name, member.Port, all, []))];
        // One alone does not serve: all are launched before the first one is waited for.
        foreach (var server in servers)
            server.Launch();
        foreach (var server in servers)
            server.WaitUntilServing();
        return servers;
    }

    public string Endpoint => $"{_scheme}://127.0.0.1:{_port}";

    /// <summary>Options that every <c>etcdctl</c> call needs (certificates).</summary>
    public string[] ClientOptions { get; init; } = [];

    public void Start()
    {
        Launch();
        WaitUntilServing();
    }

    /// <summary>Writes a backup of all that it holds.</summary>
    public void SaveBackup() => Ctl("snapshot", "save", Path.Combine(_folder, "backup"));

    /// <summary>Starts it again, stopped as it is, with what the backup holds: its revisions go back.</summary>
    public void StartFromBackup()
    {
        _data = "restored";
        Ctl("snapshot", "restore", Path.Combine(_folder, "backup"), "--data-dir", Path.Combine(_folder, _data), "--name", _name,
            "--initial-cluster", _members, "--initial-advertise-peer-urls", $"http://127.0.0.1:{_peerPort}");
        Start();
    }

    private void Launch() => _process = Command.Start("/usr/bin/etcd",
    [
        "--name", _name, "--data-dir", Path.Combine(_folder, _data), "--listen-client-urls", Endpoint, "--advertise-client-urls", Endpoint,
        "--listen-peer-urls", $"http://127.0.0.1:{_peerPort}", "--initial-advertise-peer-urls", $"http://127.0.0.1:{_peerPort}",
        "--initial-cluster", _members, "--unsafe-no-fsync", .. _options,
    ]);

    private void WaitUntilServing() => _process!.WaitForLine(line => line.Contains("ready to serve client requests", StringComparison.Ordinal)
        || line.Contains("serving insecure client requests", StringComparison.Ordinal)
        || line.Contains("serving client requests", StringComparison.Ordinal)
        || line.Contains("serving client traffic", StringComparison.Ordinal), StartTimeout);

    public void Stop()
    {
        _process!.Kill(15);
        _process.Wait(StartTimeout);
        _process.Dispose();
        _process = null;
    }

    /// <summary>Stops it answering, and everything else, without closing a connection.</summary>
    public void Freeze()
    {
        _process!.Kill(19);
        // A thread that runs goes on for a moment, long enough for an answer.
        while (Directory.EnumerateDirectories($"/proc/{_process.Pid}/task").Any(task => !File.ReadAllText($"{task}/stat").Contains(") T ", StringComparison.Ordinal)))
            Thread.Sleep(1);
    }

    public void Thaw() => _process!.Kill(18);

    /// <summary>Runs <c>etcdctl</c> against it.</summary>
    public string Ctl(params string[] args)
    {
        var result = Command.Run("/usr/bin/etcdctl", ["--endpoints", Endpoint, .. ClientOptions, .. args], TimeSpan.FromSeconds(20));
        Assert.True(result.ExitCode == 0, $"etcdctl {string.Join(' ', args)}: {result.Error}{result.Output}");
        return result.Output;
    }

    /// <summary>Bytes that it has sent to all clients.</summary>
    public long SentBytes => Metric("etcd_network_client_grpc_sent_bytes_total");

    /// <summary>How often keys were read, all clients' questions together.</summary>
    public long Ranges => Metric("etcd_debugging_mvcc_range_total");

    /// <summary>Of its metrics the one of that name; where it has none yet, none.</summary>
    private long Metric(string name)
    {
        using var client = new HttpClient();
        var text = client.GetStringAsync(new Uri($"{Endpoint}/metrics")).GetAwaiter().GetResult();
        return text.Split('\n').Where(line => line.StartsWith(name + " ", StringComparison.Ordinal))
            .Sum(line => (long)double.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture));
    }

    public void Put(string key, string value) => Ctl("put", key, value);

    /// <returns>False when it did not take it.</returns>
    public bool TryPut(string key, string value) =>
        Command.Run("/usr/bin/etcdctl", ["--endpoints", Endpoint, .. ClientOptions, "put", key, value], TimeSpan.FromSeconds(20)).ExitCode == 0;

    public void Dispose()
    {
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Member(string name, int peerPort) => $"{name}=http://127.0.0.1:{peerPort}";

    /// <summary>Below those that the kernel gives to outgoing connections: one of these could have it before etcd does (ip(7), <c>ip_local_port_range</c>).</summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(10_000, 32_768);
            if (Given.TryAdd(port, true) && CanBind(port))
                return port;
        }
    }

    private static bool CanBind(int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
