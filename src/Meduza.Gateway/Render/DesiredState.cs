using System.Collections.Immutable;
using System.Net;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.WireGuard;
using Meduza.Gateway.Render.Mihomo;

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

    /// <summary>
    /// True when this content is only what it begins with: once it is there its content follows what happens on the machine.
    /// </summary>
    public bool Live { get; init; }

    /// <summary>True when its content must never be shown.</summary>
    public bool Secret { get; init; }

    /// <summary>True where the content that it replaces may be a secret, though it is none itself: how it differs must not be shown.</summary>
    public bool MayReplaceSecret { get; init; }
}

/// <summary>A symbolic link to a file that was downloaded and is kept elsewhere: what it leads to is never written over, so a new content is another target.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Target">Absolute.</param>
/// <param name="Component">The part it belongs to.</param>
public sealed record DesiredSymlink(string Path, string Target, string Component);

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
public sealed record DesiredLink(string Name, ImmutableArray<InterfaceAddress> Addresses, string Component)
{
    /// <summary>Largest packet in bytes; null leaves it to whoever creates the device.</summary>
    public int? Mtu { get; init; }

    /// <summary>True when the device is made by us (see <see cref="DesiredWireGuard"/>), so that it is there before this is applied.</summary>
    public bool IsOurs { get; init; }
}

/// <summary>A WireGuard device with its keys and peers. Its addresses, state and MTU are those of the link of its name.</summary>
/// <param name="Component"><c>wireguard/NAME</c>.</param>
/// <param name="Instance">All that is said of it.</param>
/// <param name="InKernel">True when it is one of the kernel, which we make; false when a service, <c>wireguard-go</c>, makes it.</param>
public sealed record DesiredWireGuard(string Component, WireGuardInstance Instance, bool InKernel)
{
    public string Device => Instance.Device.ToString();
}

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
    public ImmutableArray<DesiredSymlink> Symlinks { get; init; } = [];

    /// <summary>The geographical data that mihomo is to have, there or not yet.</summary>
    public ImmutableArray<GeodataFile> Geodata { get; init; } = [];

    /// <summary>What is done to packets that pass.</summary>
    public PacketRules Packets { get; init; } = PacketRules.None;

    public ImmutableArray<DesiredWireGuard> WireGuard { get; init; } = [];

    /// <summary>What is asked of the programs before their files are replaced.</summary>
    public ImmutableArray<Preflight> Preflights { get; init; } = [];

    /// <summary>TCP port that accepts, and closes, while all else is as it must be; null for none.</summary>
    public ushort? HealthPort { get; init; }

    /// <summary>Whom dnsmasq asks; null where it is off.</summary>
    public NameUpstreams? Names { get; init; }

    /// <summary>How mihomo is asked how it is; null where it is off.</summary>
    public MihomoApi? Mihomo { get; init; }

    /// <summary>What is odd about what this was rendered of besides keys (a subscription).</summary>
    public ImmutableArray<KeyFinding> Warnings { get; init; } = [];
}
