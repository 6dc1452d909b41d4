using System.Diagnostics;
using System.Globalization;
using Meduza.Lab.Harness;
using Meduza.Lab.Names;
using Meduza.Linux.Process;

namespace Meduza.Bench;

/// <summary>
/// How soon dnsmasq answers: with a new host record, from the moment at which etcd tells of its write; and after the
/// execution of PID 1, with a name and the last good state on the disk.
/// </summary>
internal static class NameAnswers
{
    private const int Records = 200, Boots = 20, First = 10;
    private const string Name = "known.test";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A question is refused while nobody is there, but for all of these refusals the kernel sends six, and then one a second
    /// (icmp(7), icmp_ratelimit): so no question is waited for long.
    /// </summary>
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(4);

    public static void Measure()
    {
        using var solo = SoloGateway.Create();
        solo.Gateway.Data = $"{solo.Lab.Folder.Path}/data";
        Directory.CreateDirectory(solo.Gateway.Data);
        solo.Gateway.Start();
        solo.Apply("first");
        solo.WaitUntilUp();
        using var client = new NameClient(solo.Host.Network, "10.1.0.1");
        MeasureRecords(solo, client);
        var kept = $"{solo.Gateway.Data}/meduza/snapshots";
        solo.Init.WaitUntil(() => Directory.Exists(kept) && Directory.GetFiles(kept, "applied-*").Length > 0, "the commit is kept");
        Figure.Print("exec_to_first_name_answered", "ms", [.. Enumerable.Range(0, Boots).Select(_ => Boot(solo, client))]);
        Figure.Print("exec_to_first_name_answered_of_which_dnsmasq", "ms", [.. Enumerable.Range(0, Boots).Select(_ => Own(solo))]);
    }

    private static void MeasureRecords(SoloGateway solo, NameClient client)
    {
        using var etcd = new EtcdJson(solo.Lab);
        using var events = solo.Etcd.Watch(solo.Etcd.Commit("before records") + 1);
        // The first ones pay for pages that were never touched before.
        Figure.Print("hosts_record_to_answer", "ms", [.. Enumerable.Range(0, First + Records).Select(n => Record(etcd, events, client, $"10.1.{n / 250}.{n % 250 + 1}")).Skip(First)]);
    }

    private static double Record(EtcdJson etcd, EtcdEvents events, NameClient client, string address)
    {
        var writing = Task.Run(() => etcd.Write([($"/dns/hosts/{Name}", address)]));
        events.WaitFor($"/dns/hosts/{Name}", e => e.Value == address);
        var clock = Stopwatch.StartNew();
        while (client.Ask(Name, Patience) != address)
        {
            if (clock.Elapsed > Must.Patience)
                throw new LabException("the host record did not come");
        }
        var elapsed = clock.Elapsed;
        writing.GetAwaiter().GetResult();
        return elapsed.TotalMilliseconds;
    }

    private static double Boot(SoloGateway solo, NameClient client)
    {
        // date(1) ends before PID 1 begins: what the lab takes to make namespaces is not PID 1's.
        solo.Gateway.Start(prepare: "date +%s%N > /etc/lab-exec");
        WaitForAnswer(client);
        var now = (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
        var begun = long.Parse(File.ReadAllText($"{solo.Init.Root}/etc/lab-exec"), CultureInfo.InvariantCulture);
        return (now - begun) / 1e6;
    }

    /// <summary>dnsmasq alone, from its execution by nsenter(1).</summary>
    private static double Own(SoloGateway solo)
    {
        using var client = new NameClient(solo.Host.Network, "127.0.0.1");
        var begun = Stopwatch.GetTimestamp();
        using var program = Command.Start("nsenter", [
            $"--net={solo.Host.Network.Handle}", "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--no-resolv", "--no-hosts", $"--host-record={Name},10.1.0.9"]);
        WaitForAnswer(client);
        var elapsed = Stopwatch.GetElapsedTime(begun);
        program.Kill(15);
        program.Wait(Must.Patience);
        return elapsed.TotalMilliseconds;
    }

    private static void WaitForAnswer(NameClient client)
    {
        var clock = Stopwatch.StartNew();
        while (client.Ask(Name, Short) is null)
        {
            if (clock.Elapsed > Must.Patience)
                throw new LabException("no name is answered");
        }
    }
}
