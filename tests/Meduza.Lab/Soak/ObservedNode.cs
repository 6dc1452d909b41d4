using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Soak;

/// <summary>Compares a gateway with what it must be, by the eyes of programs that are not Meduza's.</summary>
internal sealed partial class ObservedNode(Gateway gateway)
{
    /// <summary>Of the kernel's clock ticks, and of looking at two clocks one after the other.</summary>
    private static readonly TimeSpan ClockError = TimeSpan.FromMilliseconds(50);

    private readonly List<string> _differences = [];

    /// <summary>What is not as it must be, a line each; none when all is.</summary>
    /// <param name="expected">As rendered.</param>
    /// <param name="keys">Those that it was rendered from: what no rendering shows is compared with them.</param>
    public IReadOnlyList<string> Differences(RenderedNode expected, IReadOnlyDictionary<string, string> keys)
    {
        _differences.Clear();
        CompareFiles(expected);
        CompareServices(expected);
        CompareLinks(expected);
        foreach (var (device, component, port, peers) in expected.WireGuard)
            CompareWireGuard(device, $"/nodes/{gateway.Name}/{component}/", port, peers, keys);
        ComparePackets(expected);
        if (expected.Services.ContainsKey("zebra"))
            CompareRouting(expected);
        return [.. _differences.Select(difference => $"{gateway.Name}: {difference}")];
    }

    /// <summary>The processes of the services, by name: pid in there, and when each started.</summary>
    public IReadOnlyDictionary<string, (int Pid, long StartTicks)> Daemons()
    {
        var processes = gateway.Init.Processes().ToDictionary(process => process.Pid);
        return Services()
            .Where(row => processes.ContainsKey((int)row!["pid"]!))
            .ToDictionary(row => (string)row!["name"]!, row => ((int)row!["pid"]!, processes[(int)row["pid"]!].StartTicks));
    }

    /// <summary>The services of <c>meduza status --json</c>, PID 1's own aside.</summary>
    private IEnumerable<JsonNode?> Services() =>
        JsonNode.Parse(gateway.Init.Meduza("status", "--json").Output)!["services"]!.AsArray().Where(row => (string)row!["name"]! != "agent");

    private void CompareFiles(RenderedNode expected)
    {
        var users = File.ReadLines($"{gateway.Init.Root}/etc/passwd").Select(line => line.Split(':')).Where(fields => fields.Length > 2)
            .GroupBy(fields => fields[2]).ToDictionary(group => group.Key, group => group.First()[0]);
        foreach (var (path, bytes) in expected.Files)
        {
            var there = $"{gateway.Init.Root}{path}";
            if (!File.Exists(there))
                _differences.Add($"{path} is not there");
            else if (!File.ReadAllBytes(there).AsSpan().SequenceEqual(bytes))
                _differences.Add($"{path} differs: {FirstDifference(File.ReadAllLines(there), System.Text.Encoding.UTF8.GetString(bytes).Split('\n'))}");
        }
        var rights = Must.Run(["stat", "-c", "%n %a %u", .. expected.FileRights.Select(file => $"{gateway.Init.Root}{file.Path}").Where(File.Exists)])
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(words => words[0][gateway.Init.Root.Length..], words => $"0{words[1]} {users.GetValueOrDefault(words[2])}");
        foreach (var (path, mode, owner) in expected.FileRights)
            Expect($"{path}'s rights", $"{mode} {owner}", rights.GetValueOrDefault(path));
        foreach (var stray in expected.OwnedFolders.Select(folder => gateway.Init.Root + folder).Where(Directory.Exists).SelectMany(Directory.GetFiles)
            .Select(path => path[gateway.Init.Root.Length..]).Where(path => !expected.Files.ContainsKey(path)))
        {
            _differences.Add($"{stray} should not be there");
        }
    }

    private void CompareServices(RenderedNode expected)
    {
        var rows = Services().ToList();
        Expect("services", string.Join(' ', expected.Services.Keys.Order(StringComparer.Ordinal)), string.Join(' ', rows.Select(row => (string)row!["name"]!).Order(StringComparer.Ordinal)));
        var processes = gateway.Init.Processes().ToDictionary(process => process.Pid);
        foreach (var row in rows)
        {
            var (name, state) = ((string)row!["name"]!, (string)row["state"]!);
            // One whose other end is nowhere waits for it, as long as it takes.
            if (state != "ready" && !(state == "starting" && name.StartsWith("openvpn-spare", StringComparison.Ordinal)))
                _differences.Add($"{name} is {state}: {row.ToJsonString()}");
            else if (!processes.TryGetValue((int)row["pid"]!, out var process))
                _differences.Add($"{name} has no process {row["pid"]}");
            else
                CompareProcess(name, process, expected);
        }
        foreach (var process in processes.Values.Where(process => process.State == 'Z'))
            _differences.Add($"a zombie: {process}");
    }

    private void CompareProcess(string service, SeenProcess process, RenderedNode expected)
    {
        if (expected.Services.GetValueOrDefault(service) is { } command)
            Expect($"{service}'s arguments", command, process.CommandLine);
        // What it reads at its start alone may not be newer than it is.
        var started = DateTime.UtcNow - Uptime() + TimeSpan.FromSeconds(process.StartTicks / 100.0);
        foreach (var path in expected.ReadAtStart(service).Where(path => File.GetLastWriteTimeUtc(gateway.Init.Root + path) > started + ClockError))
            _differences.Add($"{service} runs since {started:HH:mm:ss.fff}, before {path} was written ({File.GetLastWriteTimeUtc(gateway.Init.Root + path):HH:mm:ss.fff})");
    }

    private static TimeSpan Uptime() => TimeSpan.FromSeconds(double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture));

    private void CompareLinks(RenderedNode expected)
    {
        var links = JsonNode.Parse(Must.Run(["ip", "-n", gateway.Network.Name, "-json", "address", "show"]))!.AsArray().ToDictionary(link => (string)link!["ifname"]!);
        foreach (var (name, addresses, mtu) in expected.Links)
        {
            if (!links.TryGetValue(name, out var link))
            {
                _differences.Add($"{name} is not there");
                continue;
            }
            var there = link!["addr_info"]!.AsArray().Where(address => (string)address!["scope"]! != "link").Select(address => $"{address!["local"]}/{address["prefixlen"]}");
            Expect($"{name}'s addresses", string.Join(' ', addresses.Order(StringComparer.Ordinal)), string.Join(' ', there.Order(StringComparer.Ordinal)));
            if (mtu is not null)
                Expect($"{name}'s MTU", $"{mtu}", $"{link["mtu"]}");
            if (!link["flags"]!.AsArray().Any(flag => (string)flag! == "UP"))
                _differences.Add($"{name} is down");
        }
        foreach (var stray in links.Keys.Where(name => name.StartsWith("wg-", StringComparison.Ordinal) && !expected.Links.Any(link => link.Name == name)))
            _differences.Add($"{stray} should not be there");
    }

    private void CompareWireGuard(string device, string prefix, int? port, JsonArray peers, IReadOnlyDictionary<string, string> keys)
    {
        var dump = gateway.Init.Run("wg", "show", device, "dump");
        if (dump.ExitCode != 0)
        {
            _differences.Add($"wg show {device}: {dump.Error.Trim()}");
            return;
        }
        var lines = dump.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToList();
        Expect($"{device}'s key", keys[prefix + "private_key"], lines[0][0]);
        Expect($"{device}'s port", $"{port}", lines[0][2]);
        var there = lines.Skip(1).ToDictionary(fields => fields[0]);
        Expect($"{device}'s peers", string.Join(' ', peers.Select(peer => (string)peer!["public_key"]!).Order(StringComparer.Ordinal)), string.Join(' ', there.Keys.Order(StringComparer.Ordinal)));
        foreach (var peer in peers)
        {
            if (!there.TryGetValue((string)peer!["public_key"]!, out var fields))
                continue;
            var name = (string)peer["name"]!;
            Expect($"{device}'s peer {name}'s preshared key", keys.GetValueOrDefault($"{prefix}peer/{name}/preshared_key") ?? "(none)", fields[1]);
            if (peer["endpoint"] is { } endpoint)
                Expect($"{device}'s peer {name}'s endpoint", (string)endpoint!, fields[2]);
            var allowed = Networks(peer).Where(network => peers.Last(other => Networks(other!).Contains(network)) == peer).Order(StringComparer.Ordinal);
            Expect($"{device}'s peer {name}'s networks", string.Join(' ', allowed), string.Join(' ', fields[3].Split(',').Where(network => network != "(none)").Order(StringComparer.Ordinal)));
            Expect($"{device}'s peer {name}'s keepalive", (int)peer["persistent_keepalive"]! is var seconds and > 0 ? $"{seconds}" : "off", fields[^1]);
        }
    }

    /// <summary>Those that a peer asks for. One that several ask for goes to the last of them, as WireGuard has it.</summary>
    private static IEnumerable<string> Networks(JsonNode peer) => peer["allowed_ips"]!.AsArray().Select(network => (string)network!);

    private void ComparePackets(RenderedNode expected)
    {
        var rules = gateway.Network.Run("iptables", "-t", "nat", "-S").Output;
        var forwards = Forward().Matches(rules).Select(match => $"{match.Groups[1].Value}:{match.Groups[2].Value}").Distinct();
        Expect("port forwards", string.Join(' ', expected.Forwards.Order(StringComparer.Ordinal)), string.Join(' ', forwards.Order(StringComparer.Ordinal)));
        var mappings = Mapping().Matches(rules).Select(match => $"{match.Groups[1].Value} as {match.Groups[2].Value}").Distinct();
        Expect("network mappings", string.Join(' ', expected.Mappings.Order(StringComparer.Ordinal)), string.Join(' ', mappings.Order(StringComparer.Ordinal)));
    }

    private void CompareRouting(RenderedNode expected)
    {
        var running = RoutingText.Lines(gateway.Init.Run("vtysh", "-c", "show running-config").Output);
        var wanted = RoutingText.Lines(System.Text.Encoding.UTF8.GetString(expected.Files["/etc/frr/frr.conf"]));
        foreach (var line in wanted.Except(running))
            _differences.Add($"FRR lacks: {line}");
        foreach (var line in running.Except(wanted))
            _differences.Add($"FRR has: {line}");
    }

    private void Expect(string what, string wanted, string? there)
    {
        if (wanted != there)
            _differences.Add($"{what}: must be '{wanted}', is '{there}'");
    }

    private static string FirstDifference(string[] there, string[] wanted)
    {
        for (var line = 0; line < Math.Max(there.Length, wanted.Length); line++)
        {
            var (is_, must) = (there.ElementAtOrDefault(line) ?? "", wanted.ElementAtOrDefault(line) ?? "");
            if (is_ != must)
                return string.Create(CultureInfo.InvariantCulture, $"line {line + 1} is '{is_}', must be '{must}'");
        }
        return "in its line ends";
    }

    [GeneratedRegex(@"--dport (\d+) .*--to-destination (\S+)")]
    private static partial Regex Forward();

    [GeneratedRegex(@"-s (\S+) .*-j NETMAP --to (\S+)")]
    private static partial Regex Mapping();
}
