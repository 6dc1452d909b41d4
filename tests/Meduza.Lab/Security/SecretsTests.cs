using System.Formats.Tar;
using System.IO.Compression;
using Meduza.Lab.Harness;
using Meduza.Lab.Services;
using Meduza.Linux.Process;

namespace Meduza.Lab.Security;

/// <summary>No secret is said to anybody: secrets are planted wherever one can be, and whatever is said is searched.</summary>
public sealed class SecretsTests : IDisposable
{
    private const string Node = "/nodes/gw/", Metrics = "127.0.0.1:9470";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly LabNetwork _lab;
    private readonly Gateway _gateway;
    private readonly PlantedSecrets _first, _second;
    private readonly List<(string Where, string Text)> _said = [];
    private readonly string _password, _proxyPassword;

    public SecretsTests()
    {
        _password = "plantedpassword" + Guid.NewGuid().ToString("N");
        _proxyPassword = "plantedproxy" + Guid.NewGuid().ToString("N");
        _lab = LabNetwork.Create(new() { Password = _password });
        _first = new("planted-first", _lab.Folder.Path);
        _second = new("planted-second", _lab.Folder.Path);
        _gateway = _lab.AddGateway("gw");
        _lab.Etcd.Put(
        [
            ("/global/mesh_type", "easytier"), ("/global/easytier/network_name", "net"), (Node + "easytier/enable", "true"), (Node + "easytier/ipv4", "10.255.0.1/24"),
            (Node + "lan", "10.1.0.0/24"), (Node + "clash/enable", "true"), (Node + "clash/active_subscription", "main"),
            ("/global/clash/subscriptions/main/url", "file:///data/clash/main.yaml"), (Node + "mosdns/enable", "true"),
            ("/global/mosdns/rule_files", """{"a.txt": "http://192.0.2.9/a.txt"}"""),
            (Node + "openvpn/static/enable", "true"), (Node + "openvpn/static/proto", "udp"), (Node + "openvpn/static/port", "1194"), (Node + "openvpn/static/ifconfig", "10.254.0.1 10.254.0.2"),
            (Node + "openvpn/tls/enable", "true"), (Node + "openvpn/tls/proto", "udp"), (Node + "openvpn/tls/port", "1195"), (Node + "openvpn/tls/remote", "192.0.2.1"), (Node + "openvpn/tls/ifconfig", "10.253.0.1 10.253.0.2"),
            (Node + "openvpn/auth/enable", "true"), (Node + "openvpn/auth/proto", "udp"), (Node + "openvpn/auth/port", "1196"), (Node + "openvpn/auth/remote", "192.0.2.1"), (Node + "openvpn/auth/ifconfig", "10.251.0.1 10.251.0.2"),
            (Node + "bgp/enable", "true"), (Node + "bgp/asn", "65001"), (Node + "bgp/router_id", "10.255.0.1"),
            (Node + "wireguard/wg/enable", "true"), (Node + "wireguard/wg/address", "10.252.0.1/24"), (Node + "wireguard/wg/peer/p/public_key", WireGuardKeys.New().Public),
            .. _first.Keys,
        ]);
        ProxyDoubles.Start(_gateway, ["ETCD_USER=gateway", $"ETCD_PASS={_password}", $"METRICS_LISTEN={Metrics}", $"MOSDNS_HTTP_PROXY=http://user:{_proxyPassword}@192.0.2.9:3128"]);
    }

    public void Dispose() => _lab.Dispose();

    [Fact]
    public void No_secret_is_in_a_log_a_status_key_a_plan_or_anything_else_that_is_said()
    {
        Subscribe(_first.Subscription);
        ProxyDoubles.Go(_gateway.Init);
        _lab.Etcd.Commit("first");
        // EasyTier 2.4 writes its configuration to its standard output before anything else (easytier-core.rs).
        _gateway.Init.WaitUntil(() => Log("easytier").Contains("network_secret", StringComparison.Ordinal), "EasyTier has written its configuration", Limit);
        Assert.Contains("network_secret (hidden)", Log("easytier"), StringComparison.Ordinal);
        _gateway.UntilState("mihomo", "ready");
        _gateway.Init.WaitUntil(() => _gateway.Init.Run("cat", "/etc/mihomo/config.yaml").Output.Contains(_first.Mark, StringComparison.Ordinal), "the subscription is in use", Limit);
        // They are where they belong, and so are known when they are met.
        var config = _gateway.Init.Run("cat", "/etc/mihomo/config.yaml").Output;
        Assert.Equal(_first.Count, _first.In(config + string.Join('\n', _lab.Etcd.GetPrefix("/").Select(key => key.Value))).Count());
        Listen("after the first commit");

        // Each of them changes.
        _lab.Etcd.Put(_second.Keys);
        Say("a plan of a change", "plan");
        Say("a plan of a change as JSON", "plan", "--json");
        Subscribe(_second.Subscription);
        Say("a refresh", "refresh");
        Say("a commit", "commit", "second");
        Listen("after the second commit");

        // A subscription that mihomo refuses, and one that cannot be fetched.
        Subscribe(_first.Subscription.Replace("type: trojan", "type: nothing", StringComparison.Ordinal).Replace("authentication: [", "authentication: {a: [", StringComparison.Ordinal));
        Say("a refused refresh", "refresh");
        _lab.Etcd.Put((Node + "clash/active_subscription", "other"));
        Say("a commit of an address that does not answer", "commit", "third");
        Say("a refresh of it", "refresh");
        Listen("after the third commit");

        // Values that are none: with a line too many, and cut short.
        _lab.Etcd.Put([.. _first.Keys.Select(key => (key.Key, $"{key.Value}\n{_first.Word($"a value that is none of {key.Key}")}"))]);
        Say("a refused plan", "plan");
        Say("a refused commit", "commit", "fourth");
        Listen("after the fourth commit");

        // A file that is no secret any more is one that was.
        _lab.Etcd.Put([.. _second.Keys]);
        Say("a commit", "commit", "fifth");
        _lab.Etcd.Delete(["/global/mosdns/plugins"]);
        Say("a plan of the plugins that ship", "plan");

        _lab.Etcd.Delete([.. _first.Keys.Select(key => key.Key)]);
        _lab.Etcd.Put((Node + "easytier/enable", "false"), (Node + "clash/enable", "false"), (Node + "mosdns/enable", "false"), (Node + "openvpn/static/enable", "false"),
            (Node + "openvpn/tls/enable", "false"), (Node + "openvpn/auth/enable", "false"), (Node + "wireguard/wg/enable", "false"));
        Say("a plan of taking all away", "plan");
        Say("a commit of it", "commit", "sixth");
        Listen("at the end");

        Assert.True(_said.Count > 50, $"{_said.Count} texts were searched");
        var found = _said.SelectMany(said => _first.In(said.Text).Concat(_second.In(said.Text)).Concat(said.Text.Contains(_password, StringComparison.Ordinal) ? ["etcd's password"] : []).Concat(said.Text.Contains(_proxyPassword, StringComparison.Ordinal) ? ["the proxy's password"] : [])
            .Select(whose => $"the secret of {whose} is in {said.Where}")).Distinct().ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    /// <summary>All that is there to be read without asking for a secret.</summary>
    private void Listen(string when)
    {
        _gateway.Init.Meduza("reconcile");
        foreach (var command in (string[][])[["status"], ["status", "--json"], ["logs", "-n", "1000"], ["doctor"], ["doctor", "--json"], ["lint"], ["lint", "--json"], ["plan"], ["version", "--json"]])
            Say($"{string.Join(' ', command)} {when}", command);
        foreach (var (key, value) in _lab.Etcd.GetPrefix("/updated/"))
            _said.Add(($"the key {key} {when}", value));
        foreach (var file in Directory.GetFiles($"{_gateway.Init.Root}/var/log", "*", SearchOption.AllDirectories))
            _said.Add(($"{Path.GetFileName(file)} {when}", File.ReadAllText(file)));
        _said.Add(($"PID 1's output {when}", _gateway.Init.Output));
        _said.Add(($"the page of metrics {when}", _gateway.Init.Run("curl", "-s", "-m", "20", $"http://{Metrics}/metrics").Output));
        Support(when);
        // Whoever may list processes sees their arguments.
        _said.Add(($"the processes' arguments {when}", string.Join('\n', _gateway.Init.Processes().Select(process => process.CommandLine))));
    }

    /// <summary>Each file of the archive for a report.</summary>
    private void Support(string when)
    {
        const string Archive = "/var/support.tar.gz";
        Must.Run(_gateway.Init.Inside("rm", "-f", Archive));
        Say($"support {when}", "support", Archive);
        using var packed = File.OpenRead(_gateway.Init.Root + Archive);
        using var plain = new GZipStream(packed, CompressionMode.Decompress);
        using var tar = new TarReader(plain);
        List<string> names = [];
        while (tar.GetNextEntry() is { } entry)
        {
            names.Add(entry.Name[(entry.Name.IndexOf('/', StringComparison.Ordinal) + 1)..]);
            using var text = new StreamReader(entry.DataStream ?? Stream.Null);
            _said.Add(($"{names[^1]} of the archive for a report {when}", text.ReadToEnd()));
        }
        Assert.Empty(new[] { "version.json", "status.txt", "status.json", "doctor.txt", "plan.txt", "logs/memory.txt", "logs/agent.err.log", "services/agent.json", "rendered/state.json", "kernel/routes.txt", "kernel/chains.txt", "frr/bgpd.conf" }.Except(names));
    }

    private void Say(string where, params string[] command)
    {
        var result = Meduza(command);
        _said.Add((where, result.Output + result.Error));
    }

    /// <summary>As an operator who has the keys' password in his environment.</summary>
    private CommandResult Meduza(params string[] command) => _gateway.Init.Run(
        ["env", "ETCD_USER=gateway", $"ETCD_PASS={_password}", $"ETCD_ENDPOINTS={_lab.Etcd.Endpoint}", "NODE_ID=gw", "timeout", "25", "/usr/bin/meduza", .. command]);

    private string Log(string service) => File.Exists($"{_gateway.Init.Root}/var/log/{service}.out.log") ? File.ReadAllText($"{_gateway.Init.Root}/var/log/{service}.out.log") : "";

    private void Subscribe(string text) => Must.Run([.. _gateway.Init.Inside("sh", "-c", "mkdir -p /data/clash; cat > /data/clash/main.yaml")], text);
}
