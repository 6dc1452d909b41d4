using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Meduza.Init.Control;

/// <summary>
/// What the agent last told PID 1, for <c>meduza status</c>. PID 1 keeps it without looking at it, so that it can be
/// shown also while the agent is being restarted.
/// </summary>
internal sealed record AgentReport
{
    public required string Node { get; init; }
    public required string Version { get; init; }
    public EtcdReport Etcd { get; init => field = value ?? new(); } = new();
    public CommitReport? Commit { get; init; }
    public ImmutableArray<OpenVpnReport> OpenVpn { get; init => field = value.IsDefault ? [] : value; } = [];
    [JsonPropertyName("wireguard")]
    public ImmutableArray<WireGuardReport> WireGuard { get; init => field = value.IsDefault ? [] : value; } = [];
    public ImmutableArray<NeighborReport> Neighbors { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The port for health probes; null where there is none.</summary>
    public HealthPortReport? HealthPort { get; init; }

    /// <summary>Findings that do not stop a commit: another node's bad key, an unknown key.</summary>
    public ImmutableArray<CommitError> Warnings { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>The connection to etcd.</summary>
internal sealed record EtcdReport
{
    /// <summary>The endpoints as configured.</summary>
    public ImmutableArray<string> Endpoints { get; init => field = value.IsDefault ? [] : value; } = [];
    public bool Connected { get; init; }

    /// <summary>Why it is not connected, or takes nothing (NOSPACE), in words; null when all is well.</summary>
    public string? Error { get; init; }

    /// <summary>Revision of the commit in force where that was read from the disk, since etcd could not be asked; null otherwise.</summary>
    public long? SnapshotInUse { get; init; }
}

/// <summary>The last commit that was looked at; also the value of <c>/updated/ID/commit</c>.</summary>
internal sealed record CommitReport
{
    /// <summary>The result of a commit that is wholly in force.</summary>
    public const string Applied = "applied";

    public long Revision { get; init; }

    /// <summary>The value of <c>/commit</c>.</summary>
    public string Commit { get; init => field = value ?? ""; } = "";

    /// <summary><c>applied</c>, <c>rejected</c> or <c>degraded</c>.</summary>
    public required string Result { get; init; }

    public ImmutableArray<CommitError> Errors { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Components that were touched.</summary>
    public ImmutableArray<string> Changed { get; init => field = value.IsDefault ? [] : value; } = [];

    public double DurationMs { get; init; }
    public required string Version { get; init; }

    /// <summary>Unix time in milliseconds at which it was done. Not part of the key's value.</summary>
    public long Time { get; init; }
}

/// <summary>What is wrong, and with which key (a component's name where no key is to blame).</summary>
internal sealed record CommitError(string Key, string Message);

/// <summary>The port for health probes.</summary>
/// <param name="Open">True while it accepts.</param>
/// <param name="Error">Why it cannot be opened; null where it could.</param>
internal sealed record HealthPortReport(int Port, bool Open, string? Error);

/// <summary>One OpenVPN instance.</summary>
/// <param name="State"><c>up</c>, <c>connecting</c> or <c>down</c>.</param>
/// <param name="Since">Unix time in milliseconds of the last change of state.</param>
internal sealed record OpenVpnReport(string Name, string Device, string State, long Since);

/// <summary>One WireGuard device.</summary>
/// <param name="State"><c>up</c>, <c>connecting</c> or <c>down</c>.</param>
/// <param name="Since">Unix time in milliseconds of the last change of state.</param>
internal sealed record WireGuardReport(string Name, string Device, string State, long Since)
{
    public ImmutableArray<WireGuardPeerReport> Peers { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>One peer of a WireGuard device.</summary>
/// <param name="Endpoint">Where its packets come from, or go to; empty where neither is known.</param>
/// <param name="LastHandshake">Unix time in milliseconds; 0 where there was none.</param>
/// <param name="ReceivedBytes">Since it was added.</param>
/// <param name="SentBytes">Since it was added.</param>
internal sealed record WireGuardPeerReport(string Name, string Endpoint, long LastHandshake, ulong ReceivedBytes, ulong SentBytes);

/// <summary>One routing neighbour.</summary>
/// <param name="Protocol"><c>bgp</c> or <c>ospf</c>.</param>
/// <param name="Neighbor">Peer address (BGP) or router id (OSPF).</param>
/// <param name="State">The daemon's own word: <c>Established</c>, <c>Full/DR</c>.</param>
/// <param name="Detail">AS number, interface, prefixes: what else there is to say.</param>
internal sealed record NeighborReport(string Protocol, string Neighbor, string State, string Detail);
