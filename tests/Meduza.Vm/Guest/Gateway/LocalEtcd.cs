using System.Globalization;
using Meduza.Linux.Process;

namespace Meduza.Vm.Guest;

/// <summary>Debian's etcd on the machine's loopback, its data in memory, and etcdctl to talk to it. It ends with the machine.</summary>
internal sealed class LocalEtcd
{
    public const string Endpoint = "http://127.0.0.1:2379";

    private const string Peer = "http://127.0.0.1:2380";
    private const string Ctl = "/usr/bin/etcdctl";

    private static readonly IReadOnlyList<string> CtlEnvironment = [.. Spawn.OwnEnvironment(), "ETCDCTL_API=3", $"ETCDCTL_ENDPOINTS={Endpoint}"];

    private readonly RunningCommand _server = Command.Start("/usr/bin/etcd",
    [
        "--name", "vm", "--data-dir", "/tmp/etcd", "--listen-client-urls", Endpoint, "--advertise-client-urls", Endpoint,
        "--listen-peer-urls", Peer, "--initial-advertise-peer-urls", Peer, "--initial-cluster", $"vm={Peer}",
        // An emulated processor may be late by seconds, and this one has nobody to elect but itself.
        "--heartbeat-interval", "500", "--election-timeout", "5000",
    ]);

    public LocalEtcd() => _server.WaitForLine(l => l.Contains("ready to serve client requests", StringComparison.Ordinal), Waiting.Limit);

    /// <summary>Does all of it in one transaction: null deletes a key, and all keys below one that ends with a slash.</summary>
    public void Write(params IEnumerable<(string Key, string? Value)> keys)
    {
        var operations = keys.Select(k => k switch
        {
            { Value: { } value } => $"put {Quoted(k.Key)} {Quoted(value)}",
            _ when k.Key.EndsWith('/') => $"del {Quoted(k.Key)} --prefix",
            _ => $"del {Quoted(k.Key)}",
        });
        // Compares, then what to do when they hold, then what otherwise, empty lines between.
        Run($"\n{string.Join('\n', operations)}\n\n\n", "txn");
    }

    public string Get(string key) => Run(null, "get", key, "--print-value-only").Trim();

    /// <summary>What becomes of keys from the first revision on, a line for the word, the key and the value each.</summary>
    public static RunningCommand Watch(string prefix) => Command.Start(Ctl, ["watch", "--prefix", prefix, "--rev=1"], CtlEnvironment);

    private static string Run(string? input, params string[] arguments)
    {
        var result = Command.Run(Ctl, arguments, Waiting.Limit, input, CtlEnvironment);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"etcdctl {arguments[0]}: {result.ExitCode} {result.Error}"));
    }

    private static string Quoted(string text) => $"\"{text.Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}
