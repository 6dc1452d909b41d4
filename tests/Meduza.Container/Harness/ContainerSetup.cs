using Meduza.Lab.Harness;

namespace Meduza.Container.Harness;

/// <summary>What an engine would be told of a container, beside its image.</summary>
public sealed record ContainerSetup
{
    /// <summary>The capabilities that docs/deploy.md says are enough.</summary>
    public static IReadOnlyList<string> Enough { get; } =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_KILL", "CAP_NET_ADMIN", "CAP_NET_BIND_SERVICE", "CAP_NET_RAW",
        "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_ADMIN",
    ];

    public string Name { get; init; } = "gw";

    /// <summary>Whose network it has; null is a new one.</summary>
    public NetworkNamespace? Network { get; init; }

    /// <summary>Beside the image's own, as <c>NAME=value</c>.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    public IReadOnlyList<string> Capabilities { get; init; } = Enough;

    /// <summary>True where nothing of its root can be written.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Folders that are in memory.</summary>
    public IReadOnlyList<string> InMemory { get; init; } = [];

    /// <summary>True where no program in it gets more rights than PID 1 has.</summary>
    public bool HasNoNewPrivileges { get; init; } = true;

    /// <summary>True where <c>/proc/sys</c> can be written, as Docker's <c>--sysctl</c> would have done before.</summary>
    public bool WritesSettings { get; init; } = true;

    /// <summary>True where it has <c>/dev/net/tun</c>.</summary>
    public bool HasTun { get; init; } = true;

    /// <summary>How large <c>/data</c> is, as tmpfs has it (<c>16k</c>); null for a folder of its root.</summary>
    public string? DataSize { get; init; }

    /// <summary>
    /// Bytes that all in it may have together, files of its root that the kernel keeps among them; null for no limit. Where
    /// this machine lets no group for it be made, there is no limit and <see cref="RunningContainer.Memory"/> is null.
    /// </summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Files and folders of this machine, and where they are in there.</summary>
    public IReadOnlyList<(string Source, string Target)> Binds { get; init; } = [];
}
