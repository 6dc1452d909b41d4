using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Meduza.Init.Agent.Reconcile;
using Meduza.Init.Control;

namespace Meduza.Init.Cli;

/// <summary>What <c>meduza status --json</c> prints: the names of its fields are stable.</summary>
internal sealed record StatusDocument
{
    /// <summary>True when everything is up and the last commit is applied: exit code 0.</summary>
    public required bool Ok { get; init; }

    public InitReport? Init { get; init; }

    /// <summary>Null while the agent has not reported yet, like all that it knows.</summary>
    public string? Node { get; init; }
    public string? Version { get; init; }
    public EtcdReport? Etcd { get; init; }
    public CommitReport? Commit { get; init; }

    /// <summary>The commit that waits for its confirmation; null where none does.</summary>
    public ConfirmRow? Confirm { get; init; }

    /// <summary>What this node went back from, until the next commit; null where it did not.</summary>
    public RollbackReport? RolledBack { get; init; }
    public required ImmutableArray<ServiceRow> Services { get; init; }

    [JsonPropertyName("openvpn")]
    public ImmutableArray<OpenVpnReport> OpenVpn { get; init; } = [];

    [JsonPropertyName("wireguard")]
    public ImmutableArray<WireGuardReport> WireGuard { get; init; } = [];
    public ImmutableArray<NeighborReport> Neighbors { get; init; } = [];

    /// <summary>What is being downloaded.</summary>
    public ImmutableArray<DownloadRow> Downloads { get; init; } = [];
    public HealthPortReport? HealthPort { get; init; }
    public ImmutableArray<CommitError> Warnings { get; init; } = [];

    public static StatusDocument Of(ControlReply reply, TimeProvider time) => new()
    {
        Ok = IsOk(reply),
        Init = reply.Init,
        Node = reply.Report?.Node,
        Version = reply.Report?.Version,
        Etcd = reply.Report?.Etcd,
        Commit = reply.Report?.Commit,
        Confirm = reply.Report?.Confirm is { } confirm ? ConfirmRow.Of(confirm, time) : null,
        RolledBack = reply.Report?.RolledBack,
        Services = [.. reply.Services.Select(ServiceRow.Of)],
        OpenVpn = reply.Report?.OpenVpn ?? [],
        WireGuard = reply.Report?.WireGuard ?? [],
        Neighbors = reply.Report?.Neighbors ?? [],
        Downloads = [.. (reply.Report?.Downloads ?? []).Select(DownloadRow.Of)],
        HealthPort = reply.Report?.HealthPort,
        Warnings = reply.Report?.Warnings ?? [],
    };

    private static bool IsOk(ControlReply reply) =>
        reply.Services.All(s => ServiceStates.IsUp(s.State)) && reply.Report?.Commit?.Result == CommitReport.Applied
        && reply.Report.WireGuard.All(device => device.State == "up") && reply.Report.HealthPort?.Error is null;
}

/// <summary>A commit that waits for its confirmation.</summary>
/// <param name="SecondsLeft">Until this node goes back by itself, to <c>to_commit</c>.</param>
internal sealed record ConfirmRow(string Commit, long Revision, double SecondsLeft, string ToCommit, long ToRevision)
{
    public static ConfirmRow Of(ConfirmReport report, TimeProvider time)
    {
        var left = TimeSpan.FromSeconds((report.Deadline - time.GetTimestamp()) / (double)time.TimestampFrequency);
        return new(report.Commit, report.Revision, Math.Round(Math.Max(0, left.TotalSeconds), 1), report.ToCommit, report.ToRevision);
    }
}

/// <summary>One download that is under way; see <see cref="DownloadReport"/>.</summary>
/// <param name="Percent">Of the total; null where that is not known.</param>
internal sealed record DownloadRow(string Kind, string Name, long Bytes, long? Total, long? Percent, long BytesPerSecond)
{
    public static DownloadRow Of(DownloadReport report) => new(
        report.Kind, report.Name, report.Bytes, report.Total,
        report.Total is > 0 and var total ? Math.Min(100, 100 * report.Bytes / total) : null,
        report.BytesPerSecond);
}

/// <summary>One service, without its definition, which may hold what is nobody's business.</summary>
internal sealed record ServiceRow
{
    public required string Name { get; init; }
    public required string Component { get; init; }
    public required string State { get; init; }
    public required int Pid { get; init; }
    public required long UptimeMilliseconds { get; init; }
    public long? MemoryBytes { get; init; }
    public long? MemoryPeakBytes { get; init; }
    public required int Restarts { get; init; }
    public string? LastExit { get; init; }
    public string? WaitingFor { get; init; }
    public long LogLinesLost { get; init; }
    public string? StatusText { get; init; }

    public static ServiceRow Of(ServiceStatus status) => new()
    {
        Name = status.Name,
        Component = status.Component,
        State = status.State,
        Pid = status.Pid,
        UptimeMilliseconds = status.UptimeMilliseconds,
        MemoryBytes = status.MemoryBytes,
        MemoryPeakBytes = status.MemoryPeakBytes,
        Restarts = status.Restarts,
        LastExit = status.LastExit,
        WaitingFor = status.WaitingFor?.StartsWith(ProxyStart.Requirement, StringComparison.Ordinal) == true ? ProxyStart.Words : status.WaitingFor,
        LogLinesLost = status.LogLinesLost,
        StatusText = status.StatusText,
    };
}
