using System.Runtime.InteropServices;
using Meduza.Linux.Process;

namespace Meduza.Lab.Harness;

/// <summary>One server of a lab's etcd: Debian's, in a network namespace.</summary>
public sealed class EtcdMember : IDisposable
{
    private readonly LabFolder _folder;
    private readonly EtcdOptions _options;
    private readonly string _peer;
    private RunningCommand? _server;

    /// <param name="address">Its address; the other members reach it there too.</param>
    internal EtcdMember(NetworkNamespace network, LabFolder folder, string name, string address, EtcdOptions options)
    {
        (Network, _folder, Name, _options) = (network, folder, name, options);
        Endpoint = $"{(options.Tls ? "https" : "http")}://{address}:2379";
        _peer = $"http://{(options.Members == 1 ? "127.0.0.1" : address)}:2380";
    }

    public NetworkNamespace Network { get; }

    /// <summary>Of the member, and of its place on the underlay where it has a namespace of its own.</summary>
    public string Name { get; }

    /// <summary>Where clients reach it.</summary>
    public string Endpoint { get; }

    /// <summary>How the other members know it.</summary>
    public string Membership => $"{Name}={_peer}";

    public int Pid => _server?.Pid ?? 0;

    public bool IsRunning => _server is not null;

    /// <summary>Starts the server, with the data that it had.</summary>
    /// <param name="cluster">All members.</param>
    public void Launch(IEnumerable<EtcdMember> cluster, LabCertificates? tls)
    {
        List<string> command =
        [
            "etcd", "--name", Name, "--data-dir", $"{_folder.Path}/{Name}",
            "--listen-client-urls", Endpoint, "--advertise-client-urls", Endpoint,
            "--listen-peer-urls", _peer, "--initial-advertise-peer-urls", _peer,
            "--initial-cluster", string.Join(',', cluster.Select(member => member.Membership)),
        ];
        // Alone, it need not wait a second for others before it elects itself. Of several, all share one disk, and each write waits for two.
        command.AddRange(_options.Members == 1 ? ["--heartbeat-interval", "20", "--election-timeout", "200"] : ["--unsafe-no-fsync"]);
        if (tls is not null)
            command.AddRange(["--cert-file", tls.ServerCertificate, "--key-file", tls.ServerKey, "--trusted-ca-file", tls.Authority, "--client-cert-auth"]);
        var inside = Network.Command(command);
        _server = Command.Start(inside[0], [.. inside.Skip(1)], [.. Spawn.OwnEnvironment(), .. UnsupportedMachine()]);
        _folder.Own(Name, _server.Pid);
    }

    public void WaitUntilServing() =>
        _server!.WaitForLine(l => l.Contains("ready to serve client requests", StringComparison.Ordinal), Must.Patience);

    /// <summary>Ends it by a signal, and waits for the end.</summary>
    public void Stop(int signal = 15)
    {
        _server?.Kill(signal);
        _server?.Wait(Must.Patience);
        Dispose();
    }

    /// <summary>Stops it answering without closing a connection, as a network that drops packets does.</summary>
    public void Freeze() => _server?.Kill(19);

    public void Thaw() => _server?.Kill(18);

    public void Dispose()
    {
        _server?.Dispose();
        _server = null;
    }

    private static IEnumerable<string> UnsupportedMachine() =>
        RuntimeInformation.OSArchitecture == Architecture.X64
            ? []
            : [$"ETCD_UNSUPPORTED_ARCH={RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}"];
}
