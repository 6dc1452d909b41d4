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

    /// <summary>The commit that waits for its confirmation; null where none does.</summary>
    public ConfirmReport? Confirm { get; init; }

    /// <summary>What this node went back from, and to; null where it did not.</summary>
    public RollbackReport? RolledBack { get; init; }
    public ImmutableArray<OpenVpnReport> OpenVpn { get; init => field = value.IsDefault ? [] : value; } = [];
    [JsonPropertyName("wireguard")]
    public ImmutableArray<WireGuardReport> WireGuard { get; init => field = value.IsDefault ? [] : value; } = [];
    public ImmutableArray<NeighborReport> Neighbors { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>What is being downloaded.</summary>
    public ImmutableArray<DownloadReport> Downloads { get; init => field = value.IsDefault ? [] : value; } = [];

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

    /// <summary>The result of a commit that the node went back from.</summary>
    public const string RolledBack = "rolled-back";

    /// <summary>A word of <see cref="Confirm"/>: without a confirmation the node goes back.</summary>
    public const string Waiting = "waiting";

    /// <summary>A word of <see cref="Confirm"/>: this node has heard of the confirmation.</summary>
    public const string Confirmed = "confirmed";

    public long Revision { get; init; }

    /// <summary>The value of <c>/commit</c>.</summary>
    public string Commit { get; init => field = value ?? ""; } = "";

    /// <summary><c>applied</c>, <c>rejected</c>, <c>degraded</c> or <c>rolled-back</c>.</summary>
    public required string Result { get; init; }

    /// <summary><c>waiting</c> or <c>confirmed</c>; null for a commit that is not to be confirmed, or was before this agent's time.</summary>
    public string? Confirm { get; init; }

    public ImmutableArray<CommitError> Errors { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Components that were touched.</summary>
    public ImmutableArray<string> Changed { get; init => field = value.IsDefault ? [] : value; } = [];

    public double DurationMs { get; init; }
    public required string Version { get; init; }

    /// <summary>Unix time in milliseconds at which it was done. Not part of the key's value.</summary>
    public long Time { get; init; }
}

/// <summary>A commit that waits for its confirmation.</summary>
/// <param name="Commit">The value of <c>/commit</c>.</param>
/// <param name="Revision">Of etcd, at which it was written.</param>
/// <param name="Deadline">CLOCK_MONOTONIC in nanoseconds at which this node goes back.</param>
/// <param name="ToCommit">The value of the commit that it goes back to; empty for what was before the first.</param>
/// <param name="ToRevision">That one's revision.</param>
internal sealed record ConfirmReport(string Commit, long Revision, long Deadline, string ToCommit, long ToRevision);

/// <summary>A commit that this node went back from: it stays so until the next one.</summary>
/// <param name="Commit">The value of <c>/commit</c>.</param>
/// <param name="Revision">Of etcd, at which it was written.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="ToCommit">The value of the commit that it went back to; empty for what was before the first.</param>
/// <param name="ToRevision">That one's revision.</param>
/// <param name="Time">When: Unix time in milliseconds.</param>
internal sealed record RollbackReport(string Commit, long Revision, string Reason, string ToCommit, long ToRevision, long Time);

/// <summary>What is wrong, and with which key (a component's name where no key is to blame).</summary>
internal sealed record CommitError(string Key, string Message);

/// <summary>The port for health probes.</summary>
/// <param name="Open">True while it accepts.</param>
/// <param name="Error">Why it cannot be opened; null where it could.</param>
internal sealed record HealthPortReport(int Port, bool Open, string? Error);

/// <summary>One download that is under way.</summary>
/// <param name="Kind"><c>subscription</c>, <c>rule_file</c> or <c>geodata</c>.</param>
/// <param name="Name">Which of its kind.</param>
/// <param name="Bytes">That are there, as the server sends them.</param>
/// <param name="Total">That it has in all; null where the server does not say.</param>
/// <param name="BytesPerSecond">Since the server began to send.</param>
internal sealed record DownloadReport(string Kind, string Name, long Bytes, long? Total, long BytesPerSecond);

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
internal sealed record NeighborReport(string Protocol, string Neighbor, string State, string Detail)
{
    public const string Bgp = "bgp";
    public const string Ospf = "ospf";

    /// <summary>True while it does its work: routes are exchanged, or need not be with this one.</summary>
    public bool IsUp { get; init; }

    /// <summary>AS number of a BGP peer; empty for others.</summary>
    public string As { get; init => field = value ?? ""; } = "";

    /// <summary>Device and own address of an OSPF adjacency; empty for others.</summary>
    public string Interface { get; init => field = value ?? ""; } = "";

    /// <summary>How many prefixes a BGP peer has announced here; null where that is not known.</summary>
    public long? PrefixesReceived { get; init; }

    /// <summary>How many prefixes were announced to a BGP peer; null where that is not known.</summary>
    public long? PrefixesSent { get; init; }
}
