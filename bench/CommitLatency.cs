using System.Diagnostics;
using Meduza.Lab.Demo;
using Meduza.Lab.Harness;

namespace Meduza.Bench;

/// <summary>
/// From the moment at which etcd tells of a write to the moment at which its effect is there: both seen by one watcher, so
/// that the time etcdctl takes to start is in neither.
/// </summary>
internal static class CommitLatency
{
    private const int Samples = 25;

    public static void Measure(SoloGateway solo)
    {
        Figure.Print("hosts_record_to_file", "ms", Sample(n => HostsRecord(solo, n)));
        Figure.Print("commit_to_applied_bgp_filter", "ms", Sample(n => Commit(
            solo, $"filter {n}", ("/global/bgp/filter/in", $"deny 10.77.{n}.0/24\npermit 0.0.0.0/0 le 32"))));

        var peer = DemoKeys.Tinc("added", "192.0.2.251", "10.255.0.251/24").Where(k => !k.Item1.EndsWith("private_key", StringComparison.Ordinal)).ToList();
        solo.Etcd.Put([.. peer]);
        Figure.Print("commit_to_applied_tinc_peer", "ms", Sample(n => Commit(
            solo, $"peer {n}", ("/nodes/added/tinc/enable", n % 2 == 0 ? "true" : "false"))));
    }

    private static List<double> Sample(Func<int, double> once)
    {
        // The first ones pay for pages that were never touched before.
        for (var n = 0; n < 4; n++)
            once(n);
        return [.. Enumerable.Range(4, Samples).Select(once)];
    }

    private static double Commit(SoloGateway solo, string value, params IReadOnlyList<(string, string)> keys)
    {
        solo.Etcd.Put(keys);
        var writing = Task.Run(() => solo.Etcd.Commit(value));
        solo.Lab.Events.WaitFor("/commit", e => e.Value == value);
        var clock = Stopwatch.StartNew();
        var outcome = solo.Lab.Events.WaitForCommit(SoloGateway.Node, value);
        var elapsed = clock.Elapsed;
        writing.GetAwaiter().GetResult();
        if (outcome.Result != "applied" || outcome.Changed.Count == 0)
            throw new LabException($"{value}: {outcome}");
        return elapsed.TotalMilliseconds;
    }

    private static double HostsRecord(SoloGateway solo, int n)
    {
        var path = $"{solo.Init.Root}/etc/etcd_hosts";
        var address = $"10.9.{n}.1";
        var writing = Task.Run(() => solo.Etcd.Put("/dns/hosts/bench.test", address));
        solo.Lab.Events.WaitFor("/dns/hosts/bench.test", e => e.Value == address);
        var clock = Stopwatch.StartNew();
        while (!File.ReadAllText(path).Contains(address, StringComparison.Ordinal))
        {
            if (clock.Elapsed > Must.Patience)
                throw new LabException("the hosts record did not come");
            Thread.SpinWait(1000);
        }
        var elapsed = clock.Elapsed;
        writing.GetAwaiter().GetResult();
        return elapsed.TotalMilliseconds;
    }
}
