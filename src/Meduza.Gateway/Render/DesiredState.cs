using System.Collections.Immutable;
using System.Net;

namespace Meduza.Gateway.Render;

/// <summary>A file as it must lie on disk.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Mode">Permission bits; 0600 for whatever holds a secret.</param>
/// <param name="Component">The part it belongs to, as in <see cref="ServiceDefinition.Component"/>.</param>
public sealed record DesiredFile(string Path, ReadOnlyMemory<byte> Content, UnixFileMode Mode, string Component)
{
    /// <summary>Owning user and group by name; null is root.</summary>
    public string? Owner { get; init; }

    /// <summary>True when its content must never be shown.</summary>
    public bool Secret { get; init; }
}

/// <summary>A folder that must exist before the services start.</summary>
public sealed record DesiredFolder(string Path, UnixFileMode Mode, string? Owner = null)
{
    /// <summary>True when every file in it is ours: one that is not desired is removed (a removed instance's secret).</summary>
    public bool Owned { get; init; }

    /// <summary>The part that it belongs to, named among the touched ones when the folder or a stray in it had to be mended.</summary>
    public string Component { get; init; } = "";
}

/// <summary>An address with the length of its network's prefix, as set on a device.</summary>
public readonly record struct InterfaceAddress(IPAddress Address, int PrefixLength)
{
    public override string ToString() => $"{Address}/{PrefixLength}";
}

/// <summary>
/// A network device that another program creates (tincd) and whose state and addresses are ours. While it does not
/// exist nothing is done; when it appears, also after a restart of its owner, it is brought to this state.
/// </summary>
public sealed record DesiredLink(string Name, ImmutableArray<InterfaceAddress> Addresses, string Component);

/// <summary>
/// The configuration of one FRR daemon: the file that it reads at its start, and the text that it must be running.
/// </summary>
/// <param name="Daemon"><c>zebra</c>, <c>staticd</c>, <c>ospfd</c>, <c>bgpd</c>, …: the service, and its vty socket.</param>
/// <param name="Config">Configuration text, a line a command, contexts indented by one space.</param>
public sealed record FrrDaemonConfig(string Daemon, string Config)
{
    /// <summary>The file that it reads at its start; among the desired files it has this content.</summary>
    public string Path { get; init; } = "";
}

/// <summary>Everything that the gateway must be, as pure data: the same keys always give the same bytes.</summary>
public sealed record DesiredState(
    ImmutableArray<DesiredFolder> Folders,
    ImmutableArray<DesiredFile> Files,
    ImmutableArray<ServiceDefinition> Services,
    ImmutableArray<DesiredLink> Links,
    ImmutableArray<FrrDaemonConfig> Frr)
{
    /// <summary>What is done to packets that pass.</summary>
    public PacketRules Packets { get; init; } = PacketRules.None;
}
