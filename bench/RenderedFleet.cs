using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Meduza.Gateway.Lint;
using Meduza.Gateway.Model;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;
using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Bench;

/// <summary>From keys to a plan: one node among a thousand, a node with ten services, and the generator as a process.</summary>
internal static class RenderedFleet
{
    private const int Nodes = 1000;
    private const int KeysOfANode = 12;
    private const int Samples = 30;
    private const int Processes = 50;

    public static void Measure()
    {
        var fleet = Fleet(Nodes);
        if (fleet.Keys.Count != Nodes * KeysOfANode)
            throw new InvalidOperationException($"{fleet.Keys.Count} keys");
        Print("plan_one_node_of_1000", fleet, "n0500", expected: 5);
        Lint(fleet);
        Print("plan_node_of_ten_services", TenServices(), "gw", expected: 10);
        Generate();
    }

    private static void Print(string name, Snapshot keys, string node, int expected)
    {
        List<double> times = [];
        long allocated = 0;
        for (var n = 0; n < 2 * Samples; n++)
        {
            var (before, begun) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
            var result = ConfigParser.Parse(keys, node);
            var state = Renderer.Render(result.Config ?? throw new InvalidOperationException($"{result.Errors[0]}"), new Machine());
            var changes = Planner.Plan(state, new ObservedState());
            // The first half pays for the compiler.
            if (n >= Samples)
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (changes.Defines.Length != expected)
                throw new InvalidOperationException($"{changes.Defines.Length} services");
        }
        Figure.Print(name, "ms", times);
        Figure.Print($"{name}_allocated", "MB", allocated / 1e6);
    }

    private static void Lint(Snapshot fleet)
    {
        List<double> times = [];
        for (var n = 0; n < 10; n++)
        {
            var begun = Stopwatch.GetTimestamp();
            var report = FleetLint.Check(fleet);
            if (n >= 5)
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            if (report.HasErrors)
                throw new InvalidOperationException($"{report.Findings[0]}");
        }
        Figure.Print("lint_1000_nodes", "ms", times);
    }

    /// <summary>Start to exit of <c>meduza generate frr</c>, the start of a process by this one included.</summary>
    private static void Generate()
    {
        var keys = TenServices().Keys.Where(pair => pair.Key.StartsWith("/nodes/", StringComparison.Ordinal));
        var input = new JsonObject
        {
            ["node_id"] = "gw",
            ["node"] = new JsonObject(keys.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, Encoding.UTF8.GetString(pair.Value.Span)))),
            ["global"] = new JsonObject { ["/global/mesh_type"] = "tinc" },
        }.ToJsonString();
        List<double> times = [], ofNothing = [];
        for (var n = 0; n < Processes + 5; n++)
        {
            var begun = Stopwatch.GetTimestamp();
            var result = Command.Run(Binary.Path, ["generate", "frr"], Must.Patience, input);
            var generated = Stopwatch.GetTimestamp();
            Command.Run("/bin/true", [], Must.Patience);
            if (n >= 5)
            {
                times.Add(Stopwatch.GetElapsedTime(begun, generated).TotalMilliseconds);
                ofNothing.Add(Stopwatch.GetElapsedTime(generated).TotalMilliseconds);
            }
            if (result.ExitCode != 0 || !result.Output.Contains("router bgp", StringComparison.Ordinal))
                throw new LabException($"meduza generate frr: {result.Error}");
        }
        Figure.Print("generate_frr_process", "ms", times);
        Figure.Print("generate_frr_process_of_which_bin_true", "ms", ofNothing);
    }

    private static Snapshot Fleet(int nodes)
    {
        var keys = KeySpace.Empty.ToBuilder();
        for (var n = 0; n < nodes; n++)
        {
            Set(keys, string.Create(CultureInfo.InvariantCulture, $"/nodes/n{n:0000}/"),
                ("lan", $"10.{n / 256}.{n % 256}.0/24"), ("private_lan", $"172.{16 + n / 256}.{n % 256}.0/24"), ("router_id", $"10.254.{n / 250}.{n % 250 + 1}"),
                ("tinc/enable", "true"), ("tinc/ipv4", $"10.254.{n / 250}.{n % 250 + 1}/16"), ("tinc/address", $"n{n}.example.net"), ("tinc/public_key", PublicKey),
                ("ospf/enable", "true"), ("ospf/area", "0"), ("bgp/enable", "true"), ("bgp/asn", "65001"), ("tinc/private_key", PrivateKey));
        }
        // One of the twelve of the first node is given up for the fleet's own key.
        keys.Remove("/nodes/n0000/ospf/area");
        Set(keys, "/global/", ("mesh_type", "tinc"));
        return new Snapshot(1, keys.ToImmutable());
    }

    /// <summary>dnsmasq, tinc, zebra, staticd, ospfd, bgpd and four tunnels.</summary>
    private static Snapshot TenServices()
    {
        var keys = KeySpace.Empty.ToBuilder();
        Set(keys, "/global/", ("mesh_type", "tinc"));
        Set(keys, "/nodes/gw/", ("lan", "10.1.0.0/24"), ("router_id", "10.254.0.1"), ("tinc/enable", "true"), ("tinc/ipv4", "10.254.0.1/24"), ("tinc/public_key", PublicKey),
            ("tinc/private_key", PrivateKey), ("ospf/enable", "true"), ("bgp/enable", "true"), ("bgp/asn", "65001"), ("dnsmasq/enable", "true"));
        for (var n = 1; n <= 4; n++)
        {
            Set(keys, $"/nodes/gw/openvpn/t{n}/", ("enable", "true"), ("port", $"{1194 + n}"), ("remote", $"192.0.2.{n}"), ("ifconfig", $"10.250.{n}.1 10.250.{n}.2"),
                ("secret", StaticKey), ("keepalive", "10 60"), ("bgp/peer_asn", $"{65100 + n}"), ("bgp/peer_ip", $"10.250.{n}.2"));
        }
        return new Snapshot(1, keys.ToImmutable());
    }

    private static void Set(KeySpace.Builder keys, string prefix, params (string Key, string Value)[] values)
    {
        foreach (var (key, value) in values)
            keys[prefix + key] = Encoding.UTF8.GetBytes(value);
    }

    // Of the right form, and of no use.
    private static string PublicKey { get; } = Pem("RSA PUBLIC KEY", 6);

    private static string PrivateKey { get; } = Pem("RSA PRIVATE KEY", 25);

    private static string StaticKey { get; } =
        $"-----BEGIN OpenVPN Static key V1-----\n{string.Concat(Enumerable.Repeat("00112233445566778899aabbccddeeff\n", 16))}-----END OpenVPN Static key V1-----";

    private static string Pem(string label, int lines) =>
        $"-----BEGIN {label}-----\n{string.Concat(Enumerable.Repeat(Convert.ToBase64String(new byte[48]) + "\n", lines))}-----END {label}-----";
}
