using System.Text;
using System.Text.Json;
using Meduza.Linux.Process;

namespace Meduza.Lab.Harness;

/// <summary>How a lab's etcd is guarded, and of how many servers it is.</summary>
public sealed record EtcdOptions
{
    /// <summary>Serves https only, to clients with a certificate of the lab's authority only.</summary>
    public bool Tls { get; init; }

    /// <summary>Password of the users <c>root</c> and <c>gateway</c> (who may read and write everything); null is no authentication.</summary>
    public string? Password { get; init; }

    /// <summary>How many servers: one in the lab's core, or more, each in a namespace of its own that can be cut off.</summary>
    public int Members { get; init; } = 1;
}

/// <summary>A lab's etcd, of one server or several, and etcdctl to talk to it.</summary>
public sealed class Etcd : IDisposable
{
    /// <summary>etcd takes 128 operations in one transaction.</summary>
    private const int KeysPerTransaction = 100;

    private readonly NetworkNamespace _network;
    private readonly LabFolder _folder;
    private readonly EtcdOptions _options;
    private bool _authenticated;

    /// <param name="network">Where clients are that have no network of their own.</param>
    /// <param name="members">Its servers, not started yet.</param>
    internal Etcd(NetworkNamespace network, LabFolder folder, string address, IReadOnlyList<EtcdMember> members, EtcdOptions options)
    {
        (_network, _folder, Members, _options) = (network, folder, members, options);
        if (options.Tls)
            Certificates = LabCertificates.Create($"{folder.Path}/tls", address);
        Start();
        if (options.Password is { } password)
            TurnAuthenticationOn(password);
    }

    public IReadOnlyList<EtcdMember> Members { get; }

    /// <summary>Where clients reach it, as <c>ETCD_ENDPOINTS</c> has it.</summary>
    public string Endpoint => string.Join(',', Members.Select(member => member.Endpoint));

    /// <summary>The files of the lab's authority; null without TLS.</summary>
    public LabCertificates? Certificates { get; }

    /// <summary>Starts all members that do not run; returns when they serve.</summary>
    public void Start()
    {
        // One of several does not serve alone: all are launched before the first one is waited for.
        List<EtcdMember> started = [.. Members.Where(member => !member.IsRunning)];
        foreach (var member in started)
            member.Launch(Members, Certificates);
        foreach (var member in started)
            member.WaitUntilServing();
    }

    /// <summary>SIGTERM, and waits for the end.</summary>
    public void Stop()
    {
        foreach (var member in Members)
            member.Stop();
    }

    /// <inheritdoc cref="EtcdMember.Freeze"/>
    public void Freeze()
    {
        foreach (var member in Members)
            member.Freeze();
    }

    public void Thaw()
    {
        foreach (var member in Members)
            member.Thaw();
    }

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
        foreach (var member in Members)
            member.Dispose();
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
}
