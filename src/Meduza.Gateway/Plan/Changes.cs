using System.Collections.Immutable;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Plan;

/// <summary>What one device lacks or has too much.</summary>
public sealed record LinkChange(
    string Name, bool BringUp, ImmutableArray<InterfaceAddress> Add, ImmutableArray<InterfaceAddress> Remove, string Component)
{
    /// <summary>Largest packet in bytes; null where it is right.</summary>
    public int? Mtu { get; init; }
}

/// <summary>The commands that bring one running FRR daemon from what it has to what it must have.</summary>
/// <param name="Daemon">Its name.</param>
/// <param name="Commands">For configuration mode, in order.</param>
/// <param name="Config">The text that it runs after them.</param>
public sealed record FrrChange(string Daemon, ImmutableArray<FrrCommand> Commands, string Config)
{
    /// <summary>Why nobody knows what it has, so that it can be told nothing; null where it is known.</summary>
    public string? Problem { get; init; }
}

/// <summary>One line for an FRR daemon.</summary>
/// <param name="Line">As typed after <c>configure terminal</c>.</param>
/// <param name="MayFail">
/// True where FRR's complaint means nothing: for the removal of what may be absent already.
/// </param>
public readonly record struct FrrCommand(string Line, bool MayFail);

/// <summary>Another port for health probes.</summary>
/// <param name="Port">Which; null for none any more.</param>
public sealed record HealthPortChange(ushort? Port)
{
    public const string Component = "healthy";
}

/// <summary>Everything that must be done to get from observed to desired, in the order of the fields; pure data.</summary>
public sealed record Changes
{
    public ImmutableArray<DesiredFolder> Folders { get; init; } = [];

    /// <summary>Services to stop and forget, dependants first. Before the files: a secret goes after its reader.</summary>
    public ImmutableArray<ServiceDefinition> Removes { get; init; } = [];

    public ImmutableArray<DesiredFile> Writes { get; init; } = [];

    public ImmutableArray<DesiredSymlink> Symlinks { get; init; } = [];

    /// <summary>Paths of files to delete: those in an owned folder that are not desired.</summary>
    public ImmutableArray<string> Deletes { get; init; } = [];

    /// <summary>Services to define: new ones and ones that differ, in the order of the desired state.</summary>
    public ImmutableArray<ServiceDefinition> Defines { get; init; } = [];

    /// <summary>Devices of ours that are not desired any more, to be deleted: before one that may take their port is made.</summary>
    public ImmutableArray<string> WireGuardDeletes { get; init; } = [];

    /// <summary>The components of <see cref="DesiredState.WireGuard"/> to be made right: before their links.</summary>
    public ImmutableArray<string> WireGuard { get; init; } = [];

    public ImmutableArray<LinkChange> Links { get; init; } = [];

    public ImmutableArray<FrrChange> Frr { get; init; } = [];

    /// <summary>The parts of <see cref="DesiredState.Packets"/> to be made right, by component: after all that they lead packets to.</summary>
    public ImmutableArray<string> Packets { get; init; } = [];

    /// <summary>The port for health probes, where that is another one: last of all, as it speaks of all. Null where it stays.</summary>
    public HealthPortChange? HealthPort { get; init; }

    /// <summary>Components touched, sorted; empty when nothing is to be done.</summary>
    public ImmutableArray<string> Components { get; init; } = [];

    public bool IsEmpty =>
        Folders.IsEmpty && Removes.IsEmpty && Writes.IsEmpty && Symlinks.IsEmpty && Deletes.IsEmpty && Defines.IsEmpty && WireGuardDeletes.IsEmpty
        && WireGuard.IsEmpty && Links.IsEmpty && Frr.IsEmpty
        && Packets.IsEmpty && HealthPort is null;
}
