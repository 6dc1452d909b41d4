using System.Collections.Immutable;
using static Meduza.Init.Agent.Metrics.MetricKind;

namespace Meduza.Init.Agent.Metrics;

/// <summary>
/// Every metric there is. Lengths of time that have passed are told as such, not as points in time: a gateway's clock may be
/// wrong, and then the reader's clock would make nonsense of them.
/// </summary>
internal static class GatewayMetrics
{
    public static Metric Build { get; } = new("meduza_build_info", Gauge, "Always 1; its labels are the node and the version of the agent.", "node", "version");
    public static Metric AgentStart { get; } = new("meduza_agent_start_time_seconds", Gauge, "When this agent began, in Unix time.");
    public static Metric Memory { get; } = new(
        "meduza_process_resident_memory_bytes", Gauge, "Resident memory of PID 1 (init) and of the agent.", "process");

    public static Metric ServiceUp { get; } = new(
        "meduza_service_up", Gauge, "1 while the service is ready, or has done its work; 0 otherwise.", "service", "component");
    public static Metric ServiceState { get; } = new("meduza_service_state", Gauge, "1 for the state in which the service is, 0 for every other.", "service", "state");
    public static Metric ServiceRestarts { get; } = new(
        "meduza_service_restarts_total", Counter, "How often the service was started again without being asked to.", "service");

    public static Metric CommitRevision { get; } = new("meduza_commit_revision", Gauge, "Revision of etcd of the last commit that was looked at.");
    public static Metric CommitAge { get; } = new("meduza_commit_age_seconds", Gauge, "How long ago the last commit came to its present result.");
    public static Metric CommitResult { get; } = new("meduza_commit_result", Gauge, "1 for the result of the last commit, 0 for every other.", "result");
    public static Metric CommitWaits { get; } = new("meduza_commit_awaits_confirmation", Gauge, "1 while the node goes back by itself unless the commit is confirmed.");
    public static Metric ApplyDuration { get; } = new(
        "meduza_apply_duration_seconds", Histogram, "From when the agent heard of a commit to when all of it was in force and ready; of applied ones.");
    public static Metric Findings { get; } = new("meduza_findings", Gauge, "How many warnings meduza status shows.");

    public static Metric EtcdConnected { get; } = new("meduza_etcd_connected", Gauge, "1 while etcd answers, 0 otherwise.");
    public static Metric EtcdRefuses { get; } = new("meduza_etcd_refuses_writes", Gauge, "1 while etcd answers and takes no status (no space, no right), 0 otherwise.");
    public static Metric SnapshotInUse { get; } = new("meduza_snapshot_in_use", Gauge, "1 while the commit in force is the last good one from the disk, 0 otherwise.");

    public static Metric OpenVpnUp { get; } = new("meduza_openvpn_up", Gauge, "1 while the tunnel of the instance is connected, 0 otherwise.", "name", "device");
    public static Metric WireGuardUp { get; } = new(
        "meduza_wireguard_up", Gauge, "1 while a peer of the device has shaken hands within 180 s, 0 otherwise.", "name", "device");
    public static Metric HandshakeAge { get; } = new(
        "meduza_wireguard_peer_handshake_age_seconds", Gauge, "Since the last handshake with the peer; absent where there was none.", "name", "peer");
    public static Metric WireGuardReceived { get; } = new("meduza_wireguard_peer_received_bytes_total", Counter, "Bytes from the peer.", "name", "peer");
    public static Metric WireGuardSent { get; } = new("meduza_wireguard_peer_sent_bytes_total", Counter, "Bytes to the peer.", "name", "peer");

    public static Metric BgpUp { get; } = new("meduza_bgp_peer_up", Gauge, "1 while the session is established, 0 otherwise.", "peer", "as");
    public static Metric BgpReceived { get; } = new("meduza_bgp_peer_received_prefixes", Gauge, "Prefixes that the peer has announced.", "peer", "as");
    public static Metric BgpSent { get; } = new("meduza_bgp_peer_sent_prefixes", Gauge, "Prefixes that were announced to the peer.", "peer", "as");
    public static Metric OspfUp { get; } = new(
        "meduza_ospf_neighbor_up", Gauge, "1 while the adjacency is full, or two-way between others than the designated routers; 0 otherwise.", "neighbor", "interface");

    public static Metric Downloads { get; } = new(
        "meduza_downloads_total", Counter, "How often it was fetched: what came was taken, was the same still, or could not be had or used.", "kind", "name", "result");
    public static Metric DownloadFailing { get; } = new("meduza_download_failing", Gauge, "1 while it is not the newest, since the last try failed; 0 otherwise.", "kind", "name");
    public static Metric DownloadAge { get; } = new(
        "meduza_download_age_seconds", Gauge, "Since its source was last found to have what is in use; absent where there is nothing.", "kind", "name");
    public static Metric DownloadSize { get; } = new("meduza_download_size_bytes", Gauge, "Size of what is in use; absent where there is nothing.", "kind", "name");

    /// <summary>In the order of the exposition.</summary>
    public static ImmutableArray<Metric> All { get; } =
    [
        Build, AgentStart, Memory, ServiceUp, ServiceState, ServiceRestarts, CommitRevision, CommitAge, CommitResult, CommitWaits, ApplyDuration, Findings,
        EtcdConnected, EtcdRefuses, SnapshotInUse, OpenVpnUp, WireGuardUp, HandshakeAge, WireGuardReceived, WireGuardSent, BgpUp, BgpReceived, BgpSent, OspfUp,
        Downloads, DownloadFailing, DownloadAge, DownloadSize,
    ];
}
