using System.Collections.Immutable;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Plan;

/// <summary>A file as it lies on disk.</summary>
public sealed record ObservedFile(ReadOnlyMemory<byte> Content, UnixFileMode Mode, string Owner);

/// <summary>A network device as the kernel has it.</summary>
public sealed record ObservedLink(bool Up, ImmutableArray<InterfaceAddress> Addresses)
{
    /// <summary>Largest packet in bytes.</summary>
    public int Mtu { get; init; }
}

/// <summary>What an FRR daemon runs.</summary>
/// <param name="Config">In the form of our own texts.</param>
public sealed record ObservedFrr(string Config)
{
    /// <summary>Why that cannot be known; null where it is.</summary>
    public string? Problem { get; init; }
}

/// <summary>A folder that is there.</summary>
public sealed record ObservedFolder(UnixFileMode Mode, string Owner);

/// <summary>
/// What is there now, read before planning. It covers the paths, folders, devices and services that the desired state
/// names, and whatever else lies in folders that are ours or is defined in PID 1.
/// </summary>
public sealed record ObservedState
{
    /// <summary>Path to file, for each desired file that exists and each file in an owned folder.</summary>
    public IReadOnlyDictionary<string, ObservedFile> Files { get; init; } = ImmutableDictionary<string, ObservedFile>.Empty;

    /// <summary>Path to target, for each desired symbolic link that is one.</summary>
    public ImmutableDictionary<string, string> Symlinks { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Path to mode and owner, for each desired folder that exists.</summary>
    public ImmutableDictionary<string, ObservedFolder> Folders { get; init; } = ImmutableDictionary<string, ObservedFolder>.Empty;

    /// <summary>The services that PID 1 has, by name, except the agent.</summary>
    public ImmutableDictionary<string, ServiceDefinition> Services { get; init; } = ImmutableDictionary<string, ServiceDefinition>.Empty;

    /// <summary>Device name to state; a desired device that is absent does not exist (yet).</summary>
    public ImmutableDictionary<string, ObservedLink> Links { get; init; } = ImmutableDictionary<string, ObservedLink>.Empty;

    /// <summary>Daemon to what it runs; absent where the daemon does not run (it reads its file when it starts).</summary>
    public ImmutableDictionary<string, ObservedFrr> Frr { get; init; } = ImmutableDictionary<string, ObservedFrr>.Empty;

    /// <summary>
    /// The parts of <see cref="DesiredState.Packets"/>, by component, that the kernel has otherwise. What the kernel has is
    /// in a form of its own, so whoever reads it compares it.
    /// </summary>
    public ImmutableArray<string> DifferingPackets { get; init; } = [];

    /// <summary>
    /// The components of <see cref="DesiredState.WireGuard"/> whose device is not there or is otherwise. Keys and peers are in
    /// a form of their own, so whoever reads them compares them.
    /// </summary>
    public ImmutableArray<string> DifferingWireGuard { get; init; } = [];

    /// <summary>The port that is opened while all is well; null for none.</summary>
    public ushort? HealthPort { get; init; }

    /// <summary>WireGuard devices that are ours and not desired.</summary>
    public ImmutableArray<string> StrayWireGuard { get; init; } = [];
}
