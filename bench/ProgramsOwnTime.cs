using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Meduza.Gateway.Plan;
using Meduza.Init.Agent.Apply;
using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Bench;

/// <summary>
/// What of a commit's time is the driven program's own: the same thing done to it directly, by nobody who compares, writes,
/// or tells of it. tincd is told by a signal, which nobody waits for.
/// </summary>
internal static class ProgramsOwnTime
{
    private const int Samples = 200;
    private const int Ends = 30;

    /// <param name="solo">A gateway with a filter of <see cref="CommitLatency"/>'s and its WireGuard device.</param>
    public static void Measure(SoloGateway solo)
    {
        Etcd(solo);
        Bgpd(solo);
        WireGuardGo(solo);
        OpenVpn(solo);
        // It was done behind the agent's back.
        if (solo.Init.Meduza("reconcile") is { ExitCode: not 0 } failed)
            throw new LabException(failed.Error);
    }

    /// <summary>From a write to etcd's telling of it: each commit's word is one.</summary>
    private static void Etcd(SoloGateway solo)
    {
        using var etcd = new EtcdJson(solo.Lab);
        using var events = solo.Etcd.Watch(solo.Etcd.Commit("before puts") + 1);
        Figure.Print("etcd_own_time_of_a_write", "ms", [.. Enumerable.Range(0, Samples).Select(n => Milliseconds(() =>
        {
            etcd.Write([("/bench", $"{n}")]);
            events.WaitFor("/bench", e => e.Value == $"{n}");
        }))]);
    }

    /// <summary>The lines of another filter, and what is in force after them, read once.</summary>
    /// <param name="solo">A gateway with a filter.</param>
    /// <param name="suffix">Of the figure's name: its configuration grows with the fleet.</param>
    public static void Bgpd(SoloGateway solo, string suffix = "")
    {
        using var vty = VtySocket.Connect($"{solo.Init.Root}/run/frr/bgpd.vty", VtySocket.ChangeTimeout);
        vty.Send("enable");
        var text = vty.Send("show running-config").Text;
        const string Filter = "deny 10.77.";
        var at = text.IndexOf(Filter, StringComparison.Ordinal) + Filter.Length;
        var old = text[(at - Filter.Length)..text.IndexOf('\n', at)].Trim();
        string With(int n) => text.Replace(old, string.Create(CultureInfo.InvariantCulture, $"deny 10.78.{n % 256}.0/24"), StringComparison.Ordinal);
        var running = text;
        Figure.Print($"bgpd_own_time_of_a_filter{suffix}", "ms", [.. Enumerable.Range(0, Samples).Select(n =>
        {
            var commands = FrrDelta.Compute(running, running = With(n));
            return Milliseconds(() =>
            {
                foreach (var line in commands.Select(command => command.Line).Prepend("configure terminal").Append("end").Append("show running-config"))
                    vty.Send(line);
            });
        })]);
    }

    /// <summary>One peer's networks, over its socket (wireguard.com/xplatform).</summary>
    private static void WireGuardGo(SoloGateway solo)
    {
        var path = Directory.GetFiles($"{solo.Init.Root}/run/wireguard", "*.sock").Single();
        var key = Ask(path, "get=1\n\n").Split('\n').Single(line => line.StartsWith("public_key=", StringComparison.Ordinal));
        Figure.Print("wireguard_go_own_time_of_a_peer", "ms", [.. Enumerable.Range(0, Samples).Select(n => Milliseconds(() =>
        {
            var answer = Ask(path, string.Create(CultureInfo.InvariantCulture, $"set=1\n{key}\nreplace_allowed_ips=true\nallowed_ip=10.7.{n % 256}.0/24\n\n"));
            if (answer.Trim() != "errno=0")
                throw new LabException($"wireguard-go: {answer}");
        }))]);
    }

    private static string Ask(string path, string question)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        socket.Send(Encoding.ASCII.GetBytes(question));
        var answer = new StringBuilder();
        var buffer = new byte[65536];
        while (!answer.ToString().Contains("errno=", StringComparison.Ordinal))
        {
            if (socket.Receive(buffer) is var count && count == 0)
                throw new LabException($"wireguard-go: {answer}");
            answer.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
        return answer.ToString();
    }

    /// <summary>
    /// From its execution to its device with its address, and from SIGTERM to its end: another value means another process, which
    /// begins when the old one is gone.
    /// </summary>
    private static void OpenVpn(SoloGateway solo)
    {
        List<double> starts = [], ends = [];
        for (var n = 0; n < Ends; n++)
        {
            var begun = Stopwatch.GetTimestamp();
            using var program = Command.Start("nsenter", [
                $"--net={solo.Gateway.Network.Handle}", "openvpn", "--dev", "tun-own", "--dev-type", "tun", "--ifconfig", "10.252.9.1", "10.252.9.2", "--port", "1999",
                "--remote", "192.0.2.99", "1999", "--auth", "none", "--cipher", "none"]);
            program.WaitForLine(line => line.Contains("link remote", StringComparison.Ordinal), Must.Patience);
            starts.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            ends.Add(Milliseconds(() =>
            {
                program.Kill(15);
                program.Wait(Must.Patience);
            }));
        }
        Figure.Print("openvpn_own_time_to_start", "ms", [.. starts]);
        Figure.Print("openvpn_own_time_to_end", "ms", [.. ends]);
    }

    private static double Milliseconds(Action what)
    {
        var begun = Stopwatch.GetTimestamp();
        what();
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }
}
