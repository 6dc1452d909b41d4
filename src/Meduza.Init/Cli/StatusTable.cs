using System.Globalization;
using System.Text;
using Meduza.Init.Control;

namespace Meduza.Init.Cli;

/// <summary>The status as a person reads it: who and what first, then the services, the links, the neighbours, and what is wrong.</summary>
internal static class StatusTable
{
    /// <param name="reply">What PID 1 says.</param>
    /// <param name="time">For ages, and for what is left of a time.</param>
    /// <param name="colour">True on a terminal.</param>
    public static string Text(ControlReply reply, TimeProvider time, bool colour)
    {
        var now = time.GetUtcNow();
        var text = new StringBuilder();
        text.Append(Head(reply, time, colour));
        foreach (var table in new[] { Services(reply.Services), Links(reply.Report, now), WireGuard(reply.Report, now), Neighbours(reply.Report), Downloads(reply.Report), Findings(reply.Report) })
        {
            if (!table.IsEmpty)
                text.Append('\n').Append(table.Text(colour));
        }
        return text.ToString();
    }

    /// <summary>The table of services alone.</summary>
    public static Columns Services(IEnumerable<ServiceStatus> services)
    {
        var table = new Columns("SERVICE", "STATE", "PID", "UPTIME", "MEMORY", "PEAK", "RESTARTS", "LAST EXIT", "WAITS FOR", "LOG LINES LOST", "SAYS");
        foreach (var service in services)
        {
            table.Add(
                service.Name,
                new Cell(service.State, ToneOf(service.State)),
                service.Pid > 0 ? Number(service.Pid) : "",
                service.Pid > 0 ? Duration.Text(TimeSpan.FromMilliseconds(service.UptimeMilliseconds)) : "",
                service.MemoryBytes is { } memory ? Bytes((ulong)memory) : "",
                service.MemoryPeakBytes is { } peak ? Bytes((ulong)peak) : "",
                service.Restarts > 0 ? Number(service.Restarts) : "",
                service.LastExit ?? "",
                new Cell(service.WaitingFor ?? "", Tone.Pending),
                new Cell(service.LogLinesLost > 0 ? Number(service.LogLinesLost) : "", Tone.Pending),
                service.StatusText ?? "");
        }
        return table;
    }

    private static string Head(ControlReply reply, TimeProvider time, bool colour)
    {
        var now = time.GetUtcNow();
        var text = new StringBuilder();
        var report = reply.Report;
        if (reply.Init is { Faults: > 0 } init)
        {
            Line(
                "init",
                new Cell(init.Faults == 1 ? "survived a fault" : $"survived {Number(init.Faults)} faults, the last", Tone.Bad),
                $"{Duration.Text(now - DateTimeOffset.FromUnixTimeMilliseconds(init.LastFaultTime))} ago",
                init.LastFault ?? "",
                new Cell($"meduza {init.Version}", Tone.Faint));
        }
        if (report is null)
        {
            Line("agent", new Cell("has not reported yet: see its state below, and `meduza logs agent`", Tone.Pending));
            return text.ToString();
        }

        Line("node", report.Node, new Cell($"meduza {report.Version}", Tone.Faint));
        if (report.Commit is { } commit)
        {
            Line(
                "commit",
                commit.Commit.Length > 0 ? $"\"{commit.Commit}\"" : "(none yet)",
                $"revision {Number(commit.Revision)}",
                new Cell(commit.Result, commit.Result == CommitReport.Applied ? Tone.Good : Tone.Bad),
                $"{Duration.Text(now - DateTimeOffset.FromUnixTimeMilliseconds(commit.Time))} ago",
                new Cell($"in {Duration.Taken(commit.DurationMs)}", Tone.Faint),
                new Cell(commit.Changed.IsEmpty ? "nothing touched" : $"touched {string.Join(", ", commit.Changed)}", Tone.Faint));
        }
        else
        {
            Line("commit", new Cell("none applied yet", Tone.Pending));
        }
        if (report.Confirm is { } confirm)
        {
            Line(
                "confirm", new Cell($"in {Duration.Text(TimeSpan.FromSeconds(ConfirmRow.Of(confirm, time).SecondsLeft))} this node goes back", Tone.Pending),
                $"to {Named(confirm.ToCommit, confirm.ToRevision)}", new Cell("`meduza confirm` keeps the commit", Tone.Pending));
        }
        if (report.RolledBack is { } back)
        {
            Line(
                "back", new Cell($"at {Named(back.ToCommit, back.ToRevision)}, until the next commit", Tone.Bad),
                $"{Duration.Text(now - DateTimeOffset.FromUnixTimeMilliseconds(back.Time))} ago", $"from {Named(back.Commit, back.Revision)}: {back.Reason}");
        }
        Line(
            "etcd",
            string.Join(", ", report.Etcd.Endpoints),
            report.Etcd.Connected ? new Cell("connected", Tone.Good) : new Cell("not connected", Tone.Bad),
            report.Etcd.Error ?? "",
            report.Etcd.SnapshotInUse is { } revision ? new Cell($"running from the snapshot on disk, revision {Number(revision)}", Tone.Pending) : "");
        if (report.HealthPort is { } port)
            Line("probes", $"port {Number(port.Port)}", port.Open ? new Cell("open", Tone.Good) : new Cell("closed", Tone.Bad), port.Error ?? "");
        return text.ToString();

        void Line(string heading, params Cell[] cells)
        {
            text.Append(Tones.Paint(heading, Tone.Heading, colour)).Append(' ', 8 - heading.Length);
            text.AppendJoin("  ", cells.Where(c => c.Text.Length > 0).Select(c => Tones.Paint(Tones.Clean(c.Text), c.Tone, colour)));
            text.Append('\n');
        }
    }

    private static string Named(string commit, long revision) => revision == 0 ? "what was before the first commit" : $"\"{commit}\" revision {Number(revision)}";

    private static Columns Links(AgentReport? report, DateTimeOffset now)
    {
        var table = new Columns("OPENVPN", "DEVICE", "STATE", "SINCE");
        foreach (var link in report?.OpenVpn ?? [])
        {
            table.Add(
                link.Name, link.Device, new Cell(link.State, ToneOf(link.State)),
                link.Since > 0 ? Duration.Text(now - DateTimeOffset.FromUnixTimeMilliseconds(link.Since)) : "");
        }
        return table;
    }

    /// <summary>A row a device, and one below it for each peer.</summary>
    private static Columns WireGuard(AgentReport? report, DateTimeOffset now)
    {
        var table = new Columns("WIREGUARD", "DEVICE", "STATE", "SINCE", "ENDPOINT", "HANDSHAKE", "RECEIVED", "SENT");
        foreach (var device in report?.WireGuard ?? [])
        {
            table.Add(device.Name, device.Device, new Cell(device.State, ToneOf(device.State)), Age(device.Since), "", "", "", "");
            foreach (var peer in device.Peers)
            {
                table.Add(
                    $"  {peer.Name}", "", "", "", peer.Endpoint,
                    peer.LastHandshake > 0 ? $"{Age(peer.LastHandshake)} ago" : "none", Bytes(peer.ReceivedBytes), Bytes(peer.SentBytes));
            }
        }
        return table;

        string Age(long time) => Duration.Text(now - DateTimeOffset.FromUnixTimeMilliseconds(time));
    }

    private static string Bytes(ulong count)
    {
        ReadOnlySpan<string> units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var (value, unit) = ((double)count, 0);
        for (; value >= 1024 && unit < units.Length - 1; unit++)
            value /= 1024;
        return value.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + units[unit];
    }

    private static Columns Neighbours(AgentReport? report)
    {
        var table = new Columns("NEIGHBOUR", "PROTOCOL", "STATE", "DETAIL");
        foreach (var neighbour in report?.Neighbors ?? [])
            table.Add(neighbour.Neighbor, neighbour.Protocol, new Cell(neighbour.State, ToneOf(neighbour.State)), neighbour.Detail);
        return table;
    }

    private static Columns Downloads(AgentReport? report)
    {
        const int Width = 20;
        var table = new Columns("DOWNLOAD", "KIND", "PROGRESS", "DONE", "BYTES", "OF", "RATE");
        foreach (var row in (report?.Downloads ?? []).Select(DownloadRow.Of))
        {
            var filled = (int)((row.Percent ?? 0) * Width / 100);
            table.Add(
                row.Name, row.Kind.Replace('_', ' '),
                row.Percent is null ? "" : $"[{new string('#', filled)}{new string('.', Width - filled)}]",
                row.Percent is { } percent ? $"{Number(percent)} %" : "",
                Bytes((ulong)row.Bytes),
                row.Total is { } total ? Bytes((ulong)total) : "",
                $"{Bytes((ulong)row.BytesPerSecond)}/s");
        }
        return table;
    }

    private static Columns Findings(AgentReport? report)
    {
        var table = new Columns("FINDING", "KEY", "WHAT IS WRONG");
        foreach (var error in report?.Commit?.Errors ?? [])
            table.Add(new Cell("error", Tone.Bad), error.Key, error.Message);
        foreach (var warning in report?.Warnings ?? [])
            table.Add(new Cell("warning", Tone.Pending), warning.Key, warning.Message);
        return table;
    }

    private static Tone ToneOf(string state) => state switch
    {
        ServiceStates.Ready or ServiceStates.Completed or "up" or "Established" => Tone.Good,
        ServiceStates.Failing or "down" or ServiceStates.Backoff or ServiceStates.Unhealthy => Tone.Bad,
        _ when state.StartsWith("Full", StringComparison.Ordinal) || state.StartsWith("2-Way", StringComparison.Ordinal) => Tone.Good,
        _ => Tone.Pending,
    };

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
