using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Meduza.Linux.Process;

namespace Meduza.Lab.Harness;

/// <summary>How a lab's etcd is guarded.</summary>
public sealed record EtcdOptions
{
    /// <summary>Serves https only, to clients with a certificate of the lab's authority only.</summary>
    public bool Tls { get; init; }

    /// <summary>Password of the users <c>root</c> and <c>gateway</c> (who may read and write everything); null is no authentication.</summary>
    public string? Password { get; init; }
}

/// <summary>Debian's etcd in a network namespace, and etcdctl to talk to it.</summary>
public sealed class Etcd : IDisposable
{
    /// <summary>etcd takes 128 operations in one transaction.</summary>
    private const int KeysPerTransaction = 100;

    private readonly NetworkNamespace _network;
    private readonly LabFolder _folder;
    private readonly EtcdOptions _options;
    private readonly string _address;
    private RunningCommand? _server;
    private bool _authenticated;

    internal Etcd(NetworkNamespace network, LabFolder folder, string address, EtcdOptions options)
    {
        (_network, _folder, _address, _options) = (network, folder, address, options);
        if (options.Tls)
            Certificates = LabCertificates.Create($"{folder.Path}/tls", address);
        Start();
        if (options.Password is { } password)
            TurnAuthenticationOn(password);
    }

    /// <summary>Where clients reach it, as <c>ETCD_ENDPOINTS</c> has it.</summary>
    public string Endpoint => $"{(_options.Tls ? "https" : "http")}://{_address}:2379";

    /// <summary>The files of the lab's authority; null without TLS.</summary>
    public LabCertificates? Certificates { get; }

    public int Pid => _server?.Pid ?? 0;

    /// <summary>Starts the server, with the data that it had; returns when it serves.</summary>
    public void Start()
    {
        List<string> command =
        [
            "etcd", "--name", "lab", "--data-dir", $"{_folder.Path}/etcd",
            "--listen-client-urls", Endpoint, "--advertise-client-urls", Endpoint,
            "--listen-peer-urls", "http://127.0.0.1:2380", "--initial-advertise-peer-urls", "http://127.0.0.1:2380",
            "--initial-cluster", "lab=http://127.0.0.1:2380",
            // Alone, it need not wait a second for others before it elects itself.
            "--heartbeat-interval", "20", "--election-timeout", "200",
        ];
        if (Certificates is { } tls)
            command.AddRange(["--cert-file", tls.ServerCertificate, "--key-file", tls.ServerKey, "--trusted-ca-file", tls.Authority, "--client-cert-auth"]);
        var inside = _network.Command(command);
        _server = Command.Start(inside[0], [.. inside.Skip(1)], [.. Spawn.OwnEnvironment(), .. UnsupportedMachine()]);
        _folder.Own("etcd", _server.Pid);
        _server.WaitForLine(l => l.Contains("ready to serve client requests", StringComparison.Ordinal), Must.Patience);
    }

    /// <summary>SIGTERM, and waits for the end.</summary>
    public void Stop()
    {
        _server?.Kill(15);
        _server?.Wait(Must.Patience);
        _server?.Dispose();
        _server = null;
    }

    /// <summary>Stops it answering without closing a connection, as a network that drops packets does.</summary>
    public void Freeze() => _server?.Kill(19);

    public void Thaw() => _server?.Kill(18);

    /// <summary>Runs etcdctl with the right endpoint and credentials.</summary>
    public string Ctl(IReadOnlyList<string> arguments, string? input = null) =>
        Must.Run(CtlCommand(arguments), input, CtlEnvironment());

    /// <summary>Writes keys, many in one transaction.</summary>
    public void Put(params IReadOnlyList<(string Key, string Value)> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var chunk in keys.Chunk(KeysPerTransaction))
            Transact(chunk.Select(k => $"put -- {Quoted(k.Key)} {Quoted(k.Value)}"));
    }

    public void Put(string key, string value) => Put([(key, value)]);

    /// <summary>Writes a value that need not be text.</summary>
    public void PutBytes(string key, ReadOnlySpan<byte> value)
    {
        var path = $"{_folder.Path}/value";
        File.WriteAllBytes(path, value);
        Must.Run(["sh", "-c", "exec \"$@\" < \"$0\"", path, .. CtlCommand(["put", key])], environment: CtlEnvironment());
    }

    public void Delete(params IReadOnlyList<string> keys) => Transact(keys.Select(k => $"del -- {Quoted(k)}"));

    /// <summary>Writes <c>/commit</c>.</summary>
    /// <returns>The revision at which it stands.</returns>
    public long Commit(string value)
    {
        using var answer = JsonDocument.Parse(Ctl(["put", "/commit", value, "-w", "json"]));
        return answer.RootElement.GetProperty("header").GetProperty("revision").GetInt64();
    }

    /// <summary>The value of a key, or null.</summary>
    public string? Get(string key) => GetPrefix(key, exact: true).Select(k => k.Value).FirstOrDefault();

    /// <summary>The keys that start so, sorted.</summary>
    public IReadOnlyList<(string Key, string Value)> GetPrefix(string prefix) => GetPrefix(prefix, exact: false);

    /// <summary>Everything that happens to the keys, from the first revision on.</summary>
    public EtcdEvents Watch(long fromRevision = 1) =>
        new(fromRevision, revision => Command.Start(
            "nsenter", [.. CtlCommand(["watch", "--prefix", "/", $"--rev={revision}", "-w", "json"]).Skip(1)], CtlEnvironment()));

    public void Dispose()
    {
        _server?.Dispose();
        _server = null;
    }

    private List<(string Key, string Value)> GetPrefix(string prefix, bool exact)
    {
        using var answer = JsonDocument.Parse(Ctl(exact ? ["get", prefix, "-w", "json"] : ["get", "--prefix", prefix, "-w", "json"]));
        if (!answer.RootElement.TryGetProperty("kvs", out var keys))
            return [];
        return [.. keys.EnumerateArray().Select(k => (EtcdEvents.Text(k, "key"), EtcdEvents.Text(k, "value")))];
    }

    /// <summary>etcdctl's transaction language: compares, then what to do when they hold, then what otherwise, empty lines between.</summary>
    private void Transact(IEnumerable<string> operations) => Ctl(["txn"], $"\n{string.Join('\n', operations)}\n\n\n");

    private IReadOnlyList<string> CtlCommand(IReadOnlyList<string> arguments) => _network.Command(["etcdctl", .. arguments]);

    private List<string> CtlEnvironment()
    {
        List<string> environment = [.. Spawn.OwnEnvironment(), "ETCDCTL_API=3", $"ETCDCTL_ENDPOINTS={Endpoint}"];
        if (Certificates is { } tls)
            environment.AddRange([$"ETCDCTL_CACERT={tls.Authority}", $"ETCDCTL_CERT={tls.ClientCertificate}", $"ETCDCTL_KEY={tls.ClientKey}"]);
        if (_authenticated)
            environment.Add($"ETCDCTL_USER=root:{_options.Password}");
        return environment;
    }

    private void TurnAuthenticationOn(string password)
    {
        Ctl(["user", "add", $"root:{password}"]);
        Ctl(["user", "grant-role", "root", "root"]);
        Ctl(["role", "add", "gateway"]);
        Ctl(["role", "grant-permission", "gateway", "--prefix=true", "readwrite", ""]);
        Ctl(["user", "add", $"gateway:{password}"]);
        Ctl(["user", "grant-role", "gateway", "gateway"]);
        Ctl(["auth", "enable"]);
        _authenticated = true;
    }

    /// <summary>A word of the transaction language: quoted as Go quotes.</summary>
    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c switch
            {
                '"' or '\\' => $"\\{c}",
                '\n' => "\\n",
                < ' ' or '\x7f' => $"\\x{(int)c:x2}",
                _ => c.ToString(),
            });
        }
        return quoted.Append('"').ToString();
    }

    private static IEnumerable<string> UnsupportedMachine() =>
        RuntimeInformation.OSArchitecture == Architecture.X64
            ? []
            : [$"ETCD_UNSUPPORTED_ARCH={RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}"];
}
