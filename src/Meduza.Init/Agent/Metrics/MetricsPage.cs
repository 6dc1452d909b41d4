using System.Collections.Immutable;
using Meduza.Init.Agent.Downloads;
using Meduza.Init.Agent.Status;
using Meduza.Init.Control;

namespace Meduza.Init.Agent.Metrics;

/// <summary>What the metrics tell of, at one moment.</summary>
internal sealed record MetricsPage
{
    private static readonly string[] CommitResults = [CommitReport.Applied, "degraded", "rejected", CommitReport.RolledBack];

    public required string Node { get; init; }
    public required DateTimeOffset Now { get; init; }
    public required DateTimeOffset AgentStart { get; init; }

    /// <summary>In bytes; null where the kernel does not tell.</summary>
    public long? InitMemory { get; init; }
    public long? AgentMemory { get; init; }

    /// <summary>What was reported last; null where nothing was yet.</summary>
    public AgentReport? Report { get; init; }
    public ImmutableArray<ServiceStatus> Services { get; init; } = [];
    public ImmutableArray<DownloadState> Downloads { get; init; } = [];
    public required DurationHistogram.Counts Applies { get; init; }

    /// <summary>The exposition.</summary>
    public string Text()
    {
        var to = new ExpositionWriter();
        to.Begin(GatewayMetrics.Build).Sample(1, Node, BuildInfo.Version);
        to.Begin(GatewayMetrics.AgentStart).Sample(AgentStart.ToUnixTimeMilliseconds() / 1000.0);
        to.Begin(GatewayMetrics.Memory);
        if (InitMemory is { } init)
            to.Sample(init, "init");
        if (AgentMemory is { } agent)
            to.Sample(agent, "agent");
        WriteServices(to);
        WriteCommit(to);
        WriteLinks(to);
        WriteNeighbors(to);
        WriteDownloads(to);
        return to.ToString();
    }

    private void WriteServices(ExpositionWriter to)
    {
        to.Begin(GatewayMetrics.ServiceUp);
        foreach (var service in Services)
            to.Sample(ServiceStates.IsUp(service.State), service.Name, service.Component);
        to.Begin(GatewayMetrics.ServiceState);
        foreach (var service in Services)
        {
            foreach (var state in ServiceStates.All)
                to.Sample(service.State == state, service.Name, state);
        }
        to.Begin(GatewayMetrics.ServiceRestarts);
        foreach (var service in Services)
            to.Sample(service.Restarts, service.Name);
    }

    private void WriteCommit(ExpositionWriter to)
    {
        var commit = Report?.Commit;
        to.Begin(GatewayMetrics.CommitRevision);
        if (commit is not null)
            to.Sample(commit.Revision);
        to.Begin(GatewayMetrics.CommitAge);
        if (commit is not null)
            to.Sample(Age(commit.Time));
        to.Begin(GatewayMetrics.CommitResult);
        foreach (var result in CommitResults)
            to.Sample(commit?.Result == result, result);
        to.Begin(GatewayMetrics.CommitWaits).Sample(Report?.Confirm is not null);
        to.Begin(GatewayMetrics.ApplyDuration).Histogram(Applies);
        to.Begin(GatewayMetrics.Findings).Sample(Report?.Warnings.Length ?? 0);
        to.Begin(GatewayMetrics.EtcdConnected).Sample(Report?.Etcd.Connected == true);
        to.Begin(GatewayMetrics.EtcdRefuses).Sample(Report?.Etcd is { Connected: true, Error: not null });
        to.Begin(GatewayMetrics.SnapshotInUse).Sample(Report?.Etcd.SnapshotInUse is not null);
    }

    private void WriteLinks(ExpositionWriter to)
    {
        to.Begin(GatewayMetrics.OpenVpnUp);
        foreach (var instance in Report?.OpenVpn ?? [])
            to.Sample(instance.State == OpenVpnStates.Up, instance.Name, instance.Device);
        var devices = Report?.WireGuard ?? [];
        to.Begin(GatewayMetrics.WireGuardUp);
        foreach (var device in devices)
            to.Sample(device.State == OpenVpnStates.Up, device.Name, device.Device);
        WritePeers(to.Begin(GatewayMetrics.HandshakeAge), devices, peer => peer.LastHandshake == 0 ? null : Age(peer.LastHandshake));
        WritePeers(to.Begin(GatewayMetrics.WireGuardReceived), devices, peer => peer.ReceivedBytes);
        WritePeers(to.Begin(GatewayMetrics.WireGuardSent), devices, peer => peer.SentBytes);
    }

    private static void WritePeers(ExpositionWriter to, ImmutableArray<WireGuardReport> devices, Func<WireGuardPeerReport, double?> value)
    {
        foreach (var device in devices)
        {
            foreach (var peer in device.Peers)
            {
                if (value(peer) is { } known)
                    to.Sample(known, device.Name, peer.Name);
            }
        }
    }

    private void WriteNeighbors(ExpositionWriter to)
    {
        void Write(Metric metric, string protocol, Func<NeighborReport, double?> value)
        {
            to.Begin(metric);
            foreach (var neighbor in Report?.Neighbors ?? [])
            {
                if (neighbor.Protocol == protocol && value(neighbor) is { } known)
                    to.Sample(known, neighbor.Neighbor, protocol == NeighborReport.Bgp ? neighbor.As : neighbor.Interface);
            }
        }

        Write(GatewayMetrics.BgpUp, NeighborReport.Bgp, neighbor => neighbor.IsUp ? 1 : 0);
        Write(GatewayMetrics.BgpReceived, NeighborReport.Bgp, neighbor => neighbor.PrefixesReceived);
        Write(GatewayMetrics.BgpSent, NeighborReport.Bgp, neighbor => neighbor.PrefixesSent);
        Write(GatewayMetrics.OspfUp, NeighborReport.Ospf, neighbor => neighbor.IsUp ? 1 : 0);
    }

    private void WriteDownloads(ExpositionWriter to)
    {
        to.Begin(GatewayMetrics.Downloads);
        foreach (var download in Downloads)
        {
            to.Sample(download.Taken, download.Kind, download.Name, "taken")
                .Sample(download.Unmodified, download.Kind, download.Name, "unmodified")
                .Sample(download.Failed, download.Kind, download.Name, "failed");
        }
        to.Begin(GatewayMetrics.DownloadFailing);
        foreach (var download in Downloads)
            to.Sample(download.IsFailing, download.Kind, download.Name);
        to.Begin(GatewayMetrics.DownloadAge);
        foreach (var download in Downloads)
        {
            if (download.FetchedAt is { } time)
                to.Sample(Age(time), download.Kind, download.Name);
        }
        to.Begin(GatewayMetrics.DownloadSize);
        foreach (var download in Downloads)
        {
            if (download.Size is { } size)
                to.Sample(size, download.Kind, download.Name);
        }
    }

    /// <param name="time">Unix time in milliseconds; the clock may have been set since, and nothing is younger than new.</param>
    /// <returns>In seconds.</returns>
    private double Age(long time) => Math.Max(0, Now.ToUnixTimeMilliseconds() - time) / 1000.0;
}
