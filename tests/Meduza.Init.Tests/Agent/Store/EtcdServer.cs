using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Meduza.Linux.Process;

namespace Meduza.Init.Tests.Agent.Store;

/// <summary>A real etcd on loopback, with its own folder; it can be stopped and started again with what it holds.</summary>
internal sealed class EtcdServer : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private readonly string _folder = Directory.CreateTempSubdirectory("meduza-etcd-").FullName;
    private readonly string[] _options;
    private readonly int _port = FreePort();
    private readonly int _peerPort = FreePort();
    private readonly string _scheme;
    private RunningCommand? _process;

    public EtcdServer(string scheme = "http", params string[] options)
    {
        _scheme = scheme;
        _options = options;
        Start();
    }

    public string Endpoint => $"{_scheme}://127.0.0.1:{_port}";

    /// <summary>Options that every <c>etcdctl</c> call needs (certificates).</summary>
    public string[] ClientOptions { get; init; } = [];

    public void Start()
    {
        _process = Command.Start("/usr/bin/etcd",
        [
            "--name", "t", "--data-dir", Path.Combine(_folder, "data"), "--listen-client-urls", Endpoint, "--advertise-client-urls", Endpoint,
            "--listen-peer-urls", $"http://127.0.0.1:{_peerPort}", "--initial-advertise-peer-urls", $"http://127.0.0.1:{_peerPort}",
            "--initial-cluster", $"t=http://127.0.0.1:{_peerPort}", "--unsafe-no-fsync", .. _options,
        ]);
        _process.WaitForLine(line => line.Contains("ready to serve client requests", StringComparison.Ordinal)
            || line.Contains("serving insecure client requests", StringComparison.Ordinal)
            || line.Contains("serving client requests", StringComparison.Ordinal)
            || line.Contains("serving client traffic", StringComparison.Ordinal), StartTimeout);
    }

    public void Stop()
    {
        _process!.Kill(15);
        _process.Wait(StartTimeout);
        _process.Dispose();
        _process = null;
    }

    /// <summary>Runs <c>etcdctl</c> against it.</summary>
    public string Ctl(params string[] args)
    {
        var result = Command.Run("/usr/bin/etcdctl", ["--endpoints", Endpoint, .. ClientOptions, .. args], TimeSpan.FromSeconds(20));
        Assert.True(result.ExitCode == 0, $"etcdctl {string.Join(' ', args)}: {result.Error}{result.Output}");
        return result.Output;
    }

    /// <summary>Bytes that it has sent to all clients (its metric of that name; where it has none yet, none).</summary>
    public long SentBytes
    {
        get
        {
            const string Metric = "etcd_network_client_grpc_sent_bytes_total ";
            using var client = new HttpClient();
            var text = client.GetStringAsync(new Uri($"{Endpoint}/metrics")).GetAwaiter().GetResult();
            return text.Split('\n').Where(line => line.StartsWith(Metric, StringComparison.Ordinal))
                .Sum(line => (long)double.Parse(line[Metric.Length..], CultureInfo.InvariantCulture));
        }
    }

    public void Put(string key, string value) => Ctl("put", key, value);

    public void Dispose()
    {
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
