using System.Diagnostics;
using System.Globalization;
using System.Text;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Demo;

/// <summary>The demo, told as it happens. Any step that does not do what it says ends it with exit code 1.</summary>
public sealed class DemoRun(TextWriter output)
{
    private int _step;

    /// <param name="keep">Leave the network up after the pings, until a signal comes.</param>
    /// <returns>Exit code.</returns>
    public int Run(bool keep)
    {
        Say("Meduza, the demo: three gateways, each a real PID 1 in namespaces of its own.\n");
        Say(DemoNetwork.Picture);
        DemoNetwork? network = null;
        try
        {
            network = Build();
            WriteKeys(network);
            PingAcross(network);
            ShowStatus(network);
            if (keep)
                return Keep(network);
            ChangeOneValue(network);
            StopOne(network.C);
            TakeDown(network);
            Say("\nEverything worked.");
            return 0;
        }
        catch (Exception e) when (e is LabException or TimeoutException)
        {
            if (Live.Interrupted)
                return 1;
            Say($"\nFAILED: {e.Message}");
            foreach (var gateway in network?.Lab.Gateways ?? [])
            {
                Say($"\n{gateway.Name} as it is:\n{State(gateway)}");
                Say($"\nthe last that {gateway.Name} said:\n{LastLines(gateway)}");
            }
            return 1;
        }
        finally
        {
            network?.Dispose();
        }
    }

    private DemoNetwork Build()
    {
        Step("Building the network and starting etcd, then booting the gateways");
        var clock = Stopwatch.StartNew();
        var network = DemoNetwork.Create();
        Say($"namespaces, links and etcd on 192.0.2.1 are there after {Milliseconds(clock)}");
        foreach (var gateway in network.Lab.Gateways)
        {
            clock.Restart();
            var init = gateway.Start();
            Say($"{gateway.Name} runs: PID 1 in there, pid {init.HostPid} out here ({Milliseconds(clock)})");
        }
        return network;
    }

    private void WriteKeys(DemoNetwork network)
    {
        var keys = network.Keys();
        Step($"Writing {keys.Count} keys with etcdctl, then /commit");
        foreach (var (key, value) in keys)
            Say($"{key} = {Shown(value)}");
        network.Lab.Etcd.Put(keys);
        Commit(network, "demo-1");
    }

    private void PingAcross(DemoNetwork network)
    {
        Step("Pinging from LAN to LAN, across Tinc and OpenVPN (OSPF takes its 40 s to elect a designated router)");
        var clock = Stopwatch.StartNew();
        foreach (var (from, to) in new[] { (network.HostA, network.HostC), (network.HostC, network.HostA), (network.HostB, network.HostA), (network.HostB, network.HostC) })
        {
            var answer = from.PingUntilAnswered(to.Address, TimeSpan.FromSeconds(120));
            var line = answer.Split('\n').First(l => l.Contains("bytes from", StringComparison.Ordinal));
            Say($"{from.Address} → {to.Address}: {line}  (after {Milliseconds(clock)})");
        }
    }

    private void ShowStatus(DemoNetwork network)
    {
        Step("meduza status, on each gateway");
        foreach (var gateway in network.Lab.Gateways)
        {
            var status = gateway.WaitUntilUp(TimeSpan.FromSeconds(60));
            Say($"{gateway.Name}# meduza status\n{Indented(status)}");
            output.WriteLine();
        }
    }

    private void ChangeOneValue(DemoNetwork network)
    {
        const string Key = "/global/bgp/filter/in";
        const string Value = "deny 172.16.0.0/12 le 32\n" + DemoKeys.GlobalFilterIn;
        Step("Changing one value: routes from 172.16.0.0/12 are no longer taken from BGP peers");
        Say($"{Key} = {Shown(Value)}");
        var before = network.Lab.Gateways.ToDictionary(g => g.Name, g => g.Daemons());
        network.Lab.Etcd.Put(Key, Value);
        Commit(network, "demo-2");
        foreach (var gateway in network.Lab.Gateways)
        {
            if (!before[gateway.Name].SequenceEqual(gateway.Daemons()))
                throw new LabException($"{gateway.Name} restarted a daemon for it");
        }
        Say("no daemon was restarted: same pids, same start times");
        network.HostA.PingUntilAnswered(network.HostC.Address, TimeSpan.FromSeconds(1));
        Say($"{network.HostA.Address} → {network.HostC.Address} still answers");
    }

    private void Commit(DemoNetwork network, string value)
    {
        network.Lab.Etcd.Commit(value);
        foreach (var gateway in network.Lab.Gateways)
        {
            var outcome = network.Lab.Events.WaitForCommit(gateway.Name, value, timeout: TimeSpan.FromSeconds(60));
            Say($"{gateway.Name}: commit {value} {outcome}");
            if (outcome.Result != "applied")
                throw new LabException($"{gateway.Name} did not apply {value}");
        }
    }

    private void StopOne(Gateway gateway)
    {
        Step($"Stopping {gateway.Name} with SIGTERM");
        var init = gateway.Init;
        var daemons = init.Processes().Count - 1;
        var clock = Stopwatch.StartNew();
        var exit = init.Stop();
        if (exit.ShellCode != 0)
            throw new LabException($"PID 1 of {gateway.Name} ended with {exit}");
        var left = init.Processes();
        if (left.Count > 0)
            throw new LabException($"left in {gateway.Name}: {string.Join(", ", left)}");
        Say($"PID 1 stopped {daemons} processes and exited with 0 after {Milliseconds(clock)}; nothing is left of it");
    }

    private void TakeDown(DemoNetwork network)
    {
        Step("Taking the rest down");
        var traces = new LabTraces(network.Lab);
        var had = traces.Left().Count;
        network.Dispose();
        if (traces.Left() is { Count: > 0 } left)
            throw new LabException($"left behind:\n{string.Join('\n', left)}");
        Say($"{had} processes, namespaces and files were there; looked for each again: no process, namespace, mount or file is left");
    }

    private int Keep(DemoNetwork network)
    {
        Step("The network stays up");
        foreach (var gateway in network.Lab.Gateways)
        {
            Say($"{gateway.Name}    nsenter -a -t {gateway.Init.HostPid} meduza status        (or any other program: vtysh, ip, a shell)");
            Say($"        its log out here: {gateway.Init.OutputPath}");
        }
        Say($"hosts   ip netns exec {network.HostA.Network.Name} ping {network.HostC.Address}");
        Say($"keys    ip netns exec {network.Lab.Core.Name} etcdctl --endpoints={network.Lab.Etcd.Endpoint} get --prefix /");
        Say($"end     Ctrl-C here, or: kill {Environment.ProcessId}");
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    private void Step(string what) => output.WriteLine($"\n{++_step}. {what}\n");

    private void Say(string what) => output.WriteLine(Indented(what));

    private static string Indented(string text) => "   " + text.TrimEnd('\n').Replace("\n", "\n   ", StringComparison.Ordinal);

    /// <summary>A value on one line; a secret's middle is nobody's business.</summary>
    private static string Shown(string value) =>
        value.StartsWith("-----BEGIN", StringComparison.Ordinal) ? value[..value.IndexOf('\n', StringComparison.Ordinal)] + " …" : value.Replace("\n", " ⏎ ", StringComparison.Ordinal);

    /// <summary>What an operator would look at: services, routes, neighbours, and the configuration that is in force.</summary>
    private static string State(Gateway gateway)
    {
        string[][] questions =
        [
            ["meduza", "status"],
            ["ip", "address"],
            ["ip", "route"],
            ["vtysh", "-c", "show ip ospf neighbor"],
            ["vtysh", "-c", "show ip ospf route"],
            ["vtysh", "-c", "show bgp ipv4 summary"],
            ["vtysh", "-c", "show bgp ipv4"],
            ["vtysh", "-c", "show running-config"],
        ];
        var told = new StringBuilder();
        foreach (var question in questions)
        {
            told.Append("# ").AppendJoin(' ', question).Append('\n');
            try
            {
                var answer = gateway.Init.Run(question);
                told.Append(answer.Output).Append(answer.Error);
            }
            catch (Exception e) when (e is LabException or IOException or TimeoutException)
            {
                told.Append(e.Message).Append('\n');
            }
        }
        return Indented(told.ToString());
    }

    private static string LastLines(Gateway gateway)
    {
        try
        {
            return Indented(string.Join('\n', gateway.Init.Output.TrimEnd('\n').Split('\n').TakeLast(30)));
        }
        catch (Exception e) when (e is LabException or IOException)
        {
            return Indented($"nothing ({e.Message})");
        }
    }

    private static string Milliseconds(Stopwatch clock) =>
        clock.Elapsed.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) + " ms";
}
