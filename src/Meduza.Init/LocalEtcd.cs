using System.Collections.Immutable;
using Meduza.Init.Agent;
using Meduza.Init.Agent.Store;

namespace Meduza.Init;

/// <summary>
/// The etcd that PID 1 runs itself where <c>ETCD_ENDPOINTS</c> is <c>local</c>: what PID 1, which starts it, and the
/// agent and the command line, which talk to it, must agree on.
/// </summary>
internal static class LocalEtcd
{
    /// <summary>The value of <c>ETCD_ENDPOINTS</c>.</summary>
    public const string Word = "local";

    /// <summary>Name of the service.</summary>
    public const string Service = "etcd";

    /// <summary>Where its data lie; the folder above it is what an operator mounts.</summary>
    public const string DataFolder = "/data/etcd";

    /// <summary>Where clients of this machine reach it, and nobody else.</summary>
    public const string Address = "127.0.0.1:2379";

    private static readonly ImmutableArray<string> Places = ["/usr/bin/etcd", "/usr/local/bin/etcd", "/usr/sbin/etcd", "/usr/local/sbin/etcd"];

    public static EtcdEndpoint Endpoint { get; } = new(new Uri($"http://{Address}"));

    /// <param name="endpoints">The value of <c>ETCD_ENDPOINTS</c>; null where it is not set.</param>
    public static bool IsAskedFor(string? endpoints) => endpoints?.Trim() == Word;

    /// <summary>Where the program is; null where it is not installed.</summary>
    public static string? FindProgram() => Places.FirstOrDefault(File.Exists);

    /// <summary>Where the program should be.</summary>
    public static string UsualPlace => Places[0];

    /// <summary>The failure itself, or, where the program is not even installed, that.</summary>
    public static EtcdException Explain(EtcdSettings settings, EtcdException failure) =>
        settings.IsLocal && failure.Failure == EtcdFailure.Unreachable && FindProgram() is null
            ? new($"ETCD_ENDPOINTS is {Word}, and there is no etcd on this machine: {Remedy}", EtcdFailure.Unreachable, failure)
            : failure;

    /// <summary>What to do where it is not installed.</summary>
    public static string Remedy => $"install {UsualPlace} (Debian: etcd-server), or set ETCD_ENDPOINTS to the addresses of a cluster";
}
