using System.Diagnostics;
using System.Globalization;
using System.Text;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Render;
using Meduza.Init.Agent.Apply.Packets;
using Meduza.Lab.Harness;
using Meduza.Linux;
using Meduza.Linux.Netlink.Netfilter;
using Meduza.Linux.Netlink.Route;
using static Tmds.Linux.LibC;

namespace Meduza.Bench;

/// <summary>
/// The proxy's rules for some LANs and 64 excluded ports, with all LANs and ports other ones than before: found to differ
/// and made right. Beside it, in turns, <c>ipset restore</c> and <c>iptables-restore</c> do the same in another namespace.
/// </summary>
internal static class ProxyRules
{
    private const int Samples = 40, Ports = 64;

    public static void Measure()
    {
        using var lab = LabNetwork.Create();
        var ours = lab.AddGateway("ours").Network;
        var theirs = lab.AddGateway("theirs").Network;
        using var handle = Descriptor.Open(ours.Handle, O_RDONLY);
        using var route = NamespaceThread.Run(handle, RouteSocket.Open);
        using var packets = new PacketApplier(route);
        using var watch = new RuleWatch(NamespaceThread.Run(handle, NfTables.Open));
        // Opens its sockets there.
        NamespaceThread.Run(handle, () => packets.Differing(PacketRules.None));
        Must.Run(["nsenter", $"--net={theirs.Handle}", "iptables-restore", "--noflush"], "*mangle\n:CLASH_TPROXY -\n-A PREROUTING -j CLASH_TPROXY\nCOMMIT\n");
        Must.Run(["nsenter", $"--net={theirs.Handle}", "ipset", "create", "PROXIED", "hash:net"]);

        foreach (var lans in new[] { 4, 64, 512 })
        {
            Apply(packets, lans, 0);
            var (own, tools) = (new List<double>(), new List<double>());
            for (var i = 1; i <= Samples; i++)
            {
                own.Add(Time(() => Apply(packets, lans, i)));
                tools.Add(Time(() => ApplyByTools(theirs, lans, i)));
            }
            // By itself: who looks all the time takes time from who applies.
            watch.Start();
            for (var i = 1; i <= Samples; i++)
                Apply(packets, lans, i);
            var without = watch.Stop();
            // The first ones are the compiler's.
            Figure.Print($"tproxy_apply_{lans}_lans", "ms", own[10..]);
            Figure.Print($"tproxy_apply_{lans}_lans_by_tools", "ms", tools[10..]);
            Figure.Print($"tproxy_apply_{lans}_lans_ratio_to_tools", "ratio", Median(own[10..]) / Median(tools[10..]));
            Figure.Print($"tproxy_apply_{lans}_lans_time_without_rules", "ms", without.Milliseconds);
            Figure.Print($"tproxy_apply_{lans}_lans_looks_at_the_rules", "looks", without.Looks);
        }
    }

    private static void Apply(PacketApplier packets, int lans, int round)
    {
        var wanted = new PacketRules(
            new TransparentProxy
            {
                ExcludedDevices = ["tnc0", "tun-office"],
                ExcludedPorts = [.. PortNumbers(round).Select(port => Selector($"out:tcp:{port}"))],
                Sources = [.. Lans(lans, round).Select(Network)],
            }, [], []);
        foreach (var component in packets.Differing(wanted))
            packets.Apply(component, wanted);
    }

    private static void ApplyByTools(NetworkNamespace network, int lans, int round)
    {
        var sets = new StringBuilder("create NEXT hash:net\n");
        foreach (var lan in Lans(lans, round))
            sets.Append(CultureInfo.InvariantCulture, $"add NEXT {lan}\n");
        sets.Append("swap NEXT PROXIED\ndestroy NEXT\n");
        Must.Run(["nsenter", $"--net={network.Handle}", "ipset", "restore"], sets.ToString());

        var rules = new StringBuilder("*mangle\n:CLASH_TPROXY -\n-A CLASH_TPROXY -i tnc0 -j RETURN\n-A CLASH_TPROXY -i tun-office -j RETURN\n");
        foreach (var port in PortNumbers(round))
            rules.Append(CultureInfo.InvariantCulture, $"-A CLASH_TPROXY -p tcp --dport {port} -j RETURN\n");
        foreach (var protocol in new[] { "tcp", "udp" })
            rules.Append(CultureInfo.InvariantCulture, $"-A CLASH_TPROXY -p {protocol} -m set --match-set PROXIED src -j TPROXY --on-port 7893 --tproxy-mark 0x1/0x1\n");
        Must.Run(["nsenter", $"--net={network.Handle}", "iptables-restore", "--noflush"], rules.Append("COMMIT\n").ToString());
    }

    private static IEnumerable<string> Lans(int count, int round) =>
        Enumerable.Range(0, count).Select(i => $"10.{((round % 2) << 7) | (i >> 8)}.{i & 0xff}.0/24");

    private static IEnumerable<int> PortNumbers(int round) => Enumerable.Range(0, Ports).Select(i => 1000 + (i * 10) + (round % 2));

    private static Prefix Network(string text) => Prefix.TryParse(text, out var prefix, out _) ? prefix : throw new FormatException(text);

    private static PortSelector Selector(string text) => PortSelector.TryParse(text, out var selector) ? selector : throw new FormatException(text);

    private static double Time(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static double Median(List<double> samples) => samples.Order().ElementAt(samples.Count / 2);

    /// <summary>Looks at the rules as often as it can, and adds up the time in which they are not whole.</summary>
    private sealed class RuleWatch(NfTables tables) : IDisposable
    {
        private Thread? _thread;
        private volatile bool _stop;
        private TimeSpan _without;
        private int _looks;

        public void Start()
        {
            (_stop, _without, _looks) = (false, TimeSpan.Zero, 0);
            _thread = new Thread(Look);
            _thread.Start();
        }

        public (double Milliseconds, int Looks) Stop()
        {
            _stop = true;
            _thread!.Join();
            return (_without.TotalMilliseconds, _looks);
        }

        public void Dispose() => tables.Dispose();

        private void Look()
        {
            while (!_stop)
            {
                var started = Stopwatch.GetTimestamp();
                if (!IsWhole())
                    _without += Stopwatch.GetElapsedTime(started);
                _looks++;
            }
        }

        private bool IsWhole()
        {
            var rules = tables.GetRules(NetfilterFamily.Ipv4, "mangle");
            return rules.Any(rule => rule.Chain == "PREROUTING" && rule.Rule.TargetChain == "CLASH_TPROXY")
                && rules.Count(rule => rule.Chain == "CLASH_TPROXY") == 2 + Ports + 2
                && rules.Count(rule => rule.Rule.Expressions.OfType<XtablesTarget>().Any(target => target.Name == "TPROXY")) == 2;
        }
    }
}
