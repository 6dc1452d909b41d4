using System.Collections.Immutable;
using System.Text;
using Meduza.Gateway.Model;
using Meduza.Gateway.Render;
using Meduza.Init.Agent.Apply;
using Meduza.Init.Agent.Downloads;
using Meduza.Init.Agent.Metrics;
using Meduza.Init.Agent.Store;
using Meduza.Init.Control;

namespace Meduza.Init.Agent.Status;

/// <summary>
/// Tells what is: the status keys in etcd through the status book, and the report that PID 1 keeps for
/// <c>meduza status</c>. Both are written when they change.
/// </summary>
internal sealed class Reporter(
    NodeSettings settings, StatusBook book, StatusPublisher publisher, OpenVpnStates openVpn, AgentWords words, WireGuardStates wireGuard, HealthPort healthPort,
    Transfers transfers, ServiceLink services, TimeProvider clock)
{
    /// <summary>How often FRR's daemons and tincd are asked for their neighbours: they offer no notification of them.</summary>
    private static readonly TimeSpan NeighborInterval = TimeSpan.FromSeconds(10);

    private ImmutableArray<NeighborReport> _neighbors = [];
    private ImmutableHashSet<string>? _tincNodes;
    private long? _neighborsReadAt;
    private byte[] _lastReport = [];

    /// <summary>What the status book has; null before the first time.</summary>
    private (Dictionary<string, string> Components, ImmutableArray<NeighborReport> Neighbors, ImmutableArray<TincHost> Hosts, ImmutableHashSet<string>? Reached)? _told;

    private volatile AgentReport? _latest;

    /// <summary>What was reported last; null before the first. For any thread.</summary>
    public AgentReport? Latest => _latest;

    /// <summary>How long commits took until they were applied.</summary>
    public DurationHistogram Applies { get; } = new();

    /// <summary>Gives why metrics are not served though they are wanted; null where nothing is wrong.</summary>
    public Func<string?> MetricsProblem { get; set; } = () => null;

    /// <summary>Findings about the commit in force that did not stop it.</summary>
    public ImmutableArray<KeyFinding> Warnings { get; set; } = [];

    /// <summary>Revision of the commit in force where that came from the disk; null where it came from etcd.</summary>
    public long? SnapshotInUse { get; set; }

    /// <summary>Why the last good state is not kept on disk; null while it is.</summary>
    public string? SnapshotProblem { get; set; }

    /// <summary>The commit that waits for its confirmation; null where none does.</summary>
    public ConfirmReport? Confirm { get; set; }

    /// <summary>What this node went back from; null where it did not.</summary>
    public RollbackReport? RolledBack { get; set; }

    /// <summary>How long what was read last is good; infinite where nothing has to be done again.</summary>
    public TimeSpan UntilRefresh => new[] { UntilNeighbors, wireGuard.UntilRefresh, healthPort.Wait, transfers.Wait }
        .Where(wait => wait != Timeout.InfiniteTimeSpan)
        .DefaultIfEmpty(Timeout.InfiniteTimeSpan)
        .Min();

    private TimeSpan UntilNeighbors => _neighborsReadAt is { } at ? NeighborInterval - clock.GetElapsedTime(at) : Timeout.InfiniteTimeSpan;

    /// <summary>Writes a commit's result to <c>/updated/ID/commit</c>, and <c>last</c> when it is applied.</summary>
    public void Publish(CommitReport report)
    {
        book.SetText(StatusBook.Commit, Encoding.UTF8.GetString(JsonText.Utf8(report with { Time = 0 }, ControlJson.Write)));
        if (report.Result == CommitReport.Applied)
            book.SetText("last", StatusBook.Format(clock.GetUtcNow()));
        publisher.Changed();
    }

    /// <summary>Brings status keys and report up to date.</summary>
    public async Task ReportAsync(
        DesiredState? desired, GatewayConfig? config, IReadOnlyDictionary<string, ServiceStatus> running, EtcdStore store, CommitReport? commit,
        CancellationToken cancellation)
    {
        await words.FollowAsync(desired?.Services ?? [], desired?.Mihomo, running);
        foreach (var service in running.Values)
        {
            if (words.Of(service) is { } word && word.IsNewsOf(service))
                await services.SayAsync(service.Name, word, cancellation);
        }

        // Before the first valid commit nobody knows which parts there are, so nothing is said of any.
        if (desired is not null)
        {
            wireGuard.Refresh(desired.WireGuard);
            RefreshNeighbors(desired, config?.Tinc);
            var states = ComponentStates.Of(running.Values, name => openVpn[name].State, wireGuard.Reports);
            var hosts = config?.Tinc?.Peers ?? [];
            // Of a thousand hosts there are a thousand states, and most turns have nothing new of any.
            if (_told is not { } told || told.Hosts != hosts || told.Reached != _tincNodes || told.Neighbors != _neighbors || !AreSame(states, told.Components))
            {
                var peers = PeerStates.Of(_neighbors).Concat(PeerStates.Of(hosts, _tincNodes));
                if (book.SetStates(new Dictionary<string, string>(states.Concat(peers), StringComparer.Ordinal)))
                    publisher.Changed();
                _told = (states, _neighbors, hosts, _tincNodes);
            }
            healthPort.Show(isWell: commit is { Result: CommitReport.Applied } && states.Values.All(state => state == OpenVpnStates.Up));
        }

        var report = new AgentReport
        {
            Node = settings.NodeId,
            Version = BuildInfo.Version,
            Etcd = new()
            {
                Endpoints = [.. settings.Endpoints.Select(endpoint => endpoint.ToString())],
                Connected = store.Problem is null,
                Error = store.Problem ?? store.WriteProblem,
                SnapshotInUse = SnapshotInUse,
            },
            Commit = commit,
            Confirm = Confirm,
            RolledBack = RolledBack,
            OpenVpn =
            [
                .. (config?.OpenVpn ?? []).Select(instance =>
                {
                    var (state, since, _) = openVpn[instance.Name.ToString()];
                    return new OpenVpnReport(instance.Name.ToString(), instance.Device.ToString(), state, since.ToUnixTimeMilliseconds());
                }),
            ],
            WireGuard = wireGuard.Reports,
            Neighbors = _neighbors,
            Downloads = transfers.Reports,
            HealthPort = healthPort.Port is { } port ? new(port, healthPort.IsOpen, healthPort.Problem) : null,
            Warnings =
            [
                .. Warnings.Select(warning => new CommitError(warning.Key, warning.Message)),
                .. MetricsProblem() is { } metrics ? (CommitError[])[new(MetricsListen.Variable, metrics)] : [],
                .. SnapshotProblem is null ? (CommitError[])[] : [new("agent", SnapshotProblem)],
            ],
        };
        _latest = report;
        var bytes = JsonText.Utf8(report, ControlJson.Write).ToArray();
        if (bytes.AsSpan().SequenceEqual(_lastReport))
            return;
        await services.ReportAsync(report, cancellation);
        _lastReport = bytes;
    }

    private static bool AreSame(Dictionary<string, string> some, Dictionary<string, string> others) =>
        some.Count == others.Count && some.All(state => others.TryGetValue(state.Key, out var other) && other == state.Value);

    private void RefreshNeighbors(DesiredState desired, TincConfig? tinc)
    {
        // Without that file there is nothing to ask, now or at an interval: a start of tincd is an event.
        var pidFile = tinc is null ? "" : TincControl.PidFile(tinc.Netname);
        var asksTinc = tinc is not null && File.Exists(pidFile);
        if (desired.Frr.IsEmpty && !asksTinc)
        {
            (_neighbors, _tincNodes, _neighborsReadAt) = ([], null, null);
            return;
        }
        if (_neighborsReadAt is not null && UntilNeighbors > TimeSpan.Zero)
            return;
        _neighbors = desired.Frr.IsEmpty ? [] : FrrNeighbors.Read(VtyFiles.Folder);
        _tincNodes = asksTinc ? TincNodes.Read(pidFile, TincControl.SocketPath(tinc!.Netname)) : null;
        _neighborsReadAt = clock.GetTimestamp();
    }
}
