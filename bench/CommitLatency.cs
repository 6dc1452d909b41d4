using System.Diagnostics;
using Meduza.Lab.Demo;
using Meduza.Lab.Harness;

namespace Meduza.Bench;

/// <summary>
/// From the moment at which etcd tells of a write to the moment at which it tells of the gateway's word that the commit is
/// applied (of a host record: at which it is in the file). Both are seen by one watcher.
/// </summary>
internal static class CommitLatency
{
    private const int Samples = 200;
    private const int First = 10;
    private const string Wire = $"/nodes/{SoloGateway.Node}/wireguard/bench/";
    private const string OpenVpn = $"/nodes/{SoloGateway.Node}/openvpn/{SoloGateway.OpenVpnName}/";

    /// <param name="solo">The gateway.</param>
    /// <param name="suffix">Of the figures' names: what is different about its fleet.</param>
    public static void Measure(SoloGateway solo, string suffix)
    {
        using var etcd = new EtcdJson(solo.Lab);
        var (secret, _) = WireGuardKeys.New();
        etcd.Write([(Wire + "enable", "true"), (Wire + "private_key", secret), (Wire + "address", "10.253.0.1/24"), (Wire + "peer/other/public_key", WireGuardKeys.New().Public)]);
        var absent = DemoKeys.Tinc("added", "192.0.2.251", "10.255.0.251/24").Where(k => !k.Item1.EndsWith("private_key", StringComparison.Ordinal));
        etcd.Write(absent);
        solo.Apply($"ready{suffix}");

        Print("hosts_record_to_file", suffix, solo, events => n => HostsRecord(solo, etcd, events, n));
        Print("commit_to_applied_wireguard_peer", suffix, solo, events => n => Commit(solo, etcd, events, $"wire {n}", (Wire + "peer/other/allowed_ips", $"10.8.{n % 256}.0/24")));
        Print("commit_to_applied_tinc_peer", suffix, solo, events => n => Commit(solo, etcd, events, $"peer {n}", ("/nodes/added/tinc/enable", n % 2 == 0 ? "false" : "true")));
        Print("commit_to_applied_openvpn_value", suffix, solo, events => n => Commit(solo, etcd, events, $"value {n}", (OpenVpn + "sndbuf", $"{65536 + n}")));
        Print("commit_to_applied_bgp_filter", suffix, solo, events => n => Commit(
            solo, etcd, events, $"filter {n}", ("/global/bgp/filter/in", $"deny 10.77.{n % 256}.0/24\npermit 0.0.0.0/0 le 32")));
        var before = EtcdTraffic.ReceivedBytes(solo);
        Print("commit_to_applied_nothing", suffix, solo, events => n => Commit(solo, etcd, events, $"nothing {n}"));
        Figure.Print($"etcd_bytes_read_per_commit_of_nothing{suffix}", "bytes", (EtcdTraffic.ReceivedBytes(solo) - before) / (Samples + First));
    }

    private static void Print(string name, string suffix, SoloGateway solo, Func<EtcdEvents, Func<int, double>> kind)
    {
        // A watcher of its own for each: one that remembers thousands of events would be slow to find the next one.
        using var events = solo.Etcd.Watch(solo.Etcd.Commit($"before {name}{suffix}") + 1);
        var once = kind(events);
        // The first ones pay for pages that were never touched before.
        for (var n = 0; n < First; n++)
            once(n);
        Figure.Print(name + suffix, "ms", [.. Enumerable.Range(First, Samples).Select(once)]);
    }

    private static double Commit(SoloGateway solo, EtcdJson etcd, EtcdEvents events, string value, params IReadOnlyList<(string, string)> keys)
    {
        if (keys.Count > 0)
            etcd.Write(keys);
        var writing = Task.Run(() => etcd.Commit(value));
        events.WaitFor("/commit", e => e.Value == value);
        var clock = Stopwatch.StartNew();
        var outcome = events.WaitForCommit(SoloGateway.Node, value);
        var elapsed = clock.Elapsed;
        writing.GetAwaiter().GetResult();
        if (outcome.Result != "applied" || outcome.Changed.Count == 0 != (keys.Count == 0))
            throw new LabException($"{value}: {outcome}");
        return elapsed.TotalMilliseconds;
    }

    private static double HostsRecord(SoloGateway solo, EtcdJson etcd, EtcdEvents events, int n)
    {
        var path = $"{solo.Init.Root}/etc/etcd_hosts";
        var address = $"10.9.{n}.1";
        // One that read the file again and again would have one of two processors.
        using var replaced = new AutoResetEvent(false);
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        watcher.Renamed += (_, _) => replaced.Set();
        watcher.EnableRaisingEvents = true;
        var writing = Task.Run(() => etcd.Write([("/dns/hosts/bench.test", address)]));
        events.WaitFor("/dns/hosts/bench.test", e => e.Value == address);
        var clock = Stopwatch.StartNew();
        while (!File.ReadAllText(path).Contains(address, StringComparison.Ordinal))
        {
            if (clock.Elapsed > Must.Patience)
                throw new LabException("the hosts record did not come");
            replaced.WaitOne(TimeSpan.FromSeconds(1));
        }
        var elapsed = clock.Elapsed;
        writing.GetAwaiter().GetResult();
        return elapsed.TotalMilliseconds;
    }
}
