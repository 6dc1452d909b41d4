using System.Text;
using Meduza.Gateway.Generate;
using Meduza.Gateway.Model;
using Meduza.Gateway.Render;
using Meduza.Gateway.Tests.Lint;
using Meduza.Gateway.Tests.Render;

namespace Meduza.Gateway.Tests.Generate;

/// <summary>What each generator gives, from the same renderers that a gateway uses.</summary>
public sealed class GeneratorTests
{
    private static readonly KeySet Proxy = KeySet.Empty.With("/nodes/gw-a/", ("lan", "10.1.0.0/24"), ("private_lan", "10.2.0.0/24"))
        .With("/nodes/gw-a/clash/", ("enable", "true"), ("active_subscription", "main"), ("refresh/interval_minutes", "30"))
        .With("/global/clash/subscriptions/main/url", "https://sub.example/main");

    private static readonly Machine WithSubscription = new()
    {
        Subscriptions = new Machine().Subscriptions.Add("main", "proxies: [{name: 香港 🇭🇰, type: ss, server: 192.0.2.1, port: 443, cipher: aes-128-gcm, password: '0123'}]\nmode: global\n"u8.ToArray()),
    };

    [Fact]
    public void Frr_is_its_whole_configuration()
    {
        var output = Generate("frr", Fleet.Keys.Config("gw-b"));
        Assert.Equal(Content("/etc/frr/frr.conf"), output.FrrConf);
        Assert.Null(output.ConfigText);
    }

    [Fact]
    public void Tinc_is_its_configuration_its_arguments_and_its_other_files()
    {
        var output = Generate("tinc", Fleet.Keys.Config("gw-b"));
        Assert.Contains("Name = gwb", output.ConfigText!, StringComparison.Ordinal);
        Assert.Equal(["-n", "mesh", "-D"], output.Args!.Value.Take(3));
        Assert.Equal(
            [("/etc/tinc/mesh/hosts/gwa", 0x1a4), ("/etc/tinc/mesh/hosts/gwb", 0x1a4), ("/etc/tinc/mesh/rsa_key.priv", 0x180)],
            output.Files!.Value.Select(file => (file.Path, file.Mode)));
    }

    [Fact]
    public void Openvpn_is_an_instance_each_with_its_secrets_beside_it()
    {
        var instance = Assert.Single(Generate("openvpn", Fleet.Keys.Config("gw-b")).Instances!.Value);
        Assert.Equal(("office", "tun0"), (instance.Name, instance.Dev));
        Assert.Equal(Content("/etc/openvpn/generated/office.conf"), instance.Config);
        var secret = Assert.Single(instance.Files);
        Assert.Equal(("/etc/openvpn/generated/office.secret", 0x180), (secret.Path, secret.Mode));
    }

    [Fact]
    public void Wireguard_names_the_resolvers_of_a_device_in_their_order()
    {
        var keys = Fleets.WireGuard.With("/nodes/gw-a/wireguard/link/dns", "10.0.0.53\ncorp.example");
        Assert.Contains("\nDNS = 10.0.0.53, corp.example\n", Assert.Single(Generate("wireguard", keys.Config()).Instances!.Value).Config, StringComparison.Ordinal);
    }

    [Fact]
    public void Wireguard_is_text_for_wg_quick_that_sets_no_routes()
    {
        var keys = Fleets.WireGuard.With("/nodes/gw-a/wireguard/link/peer/gw-b/", ("endpoint", "[2001:db8::1]:51820"), ("persistent_keepalive", "25"), ("preshared_key", Fleets.Key(5)));
        var instance = Assert.Single(Generate("wireguard", keys.Config()).Instances!.Value);
        Assert.Equal(("link", "wg-link"), (instance.Name, instance.Dev));
        Assert.Equal(
            $"""
            [Interface]
            PrivateKey = {Fleets.Key(1)}
            ListenPort = 51820
            Address = 10.9.0.1/30
            MTU = 1420
            Table = off

            [Peer]
            PublicKey = {Fleets.PublicKey(2)}
            PresharedKey = {Fleets.Key(5)}
            AllowedIPs = 0.0.0.0/0
            Endpoint = [2001:db8::1]:51820
            PersistentKeepalive = 25

            """, instance.Config);
    }

    [Fact]
    public void Easytier_and_dnsmasq_are_text_and_arguments()
    {
        var easyTier = Generate("easytier", EasyTierRendererTests.Keys.Config());
        Assert.Contains("network_name = \"mesh\"", easyTier.ConfigText!, StringComparison.Ordinal);
        Assert.Equal(["--config-file", "/etc/easytier/config.toml"], easyTier.Args!.Value);
        Assert.Empty(easyTier.Files!.Value);
        var dnsmasq = Generate("dnsmasq", Fleet.Keys.Config());
        Assert.Contains("port=53", dnsmasq.ConfigText!, StringComparison.Ordinal);
        Assert.Equal(["/run/dnsmasq/servers"], dnsmasq.Files!.Value.Select(file => file.Path));
    }

    [Fact]
    public void Clash_is_the_subscription_under_what_is_enforced_and_what_a_script_needs_to_know()
    {
        var output = Generate("clash", Proxy.With("/nodes/gw-a/clash/", ("mode", "tproxy"), ("refresh/enable", "true")).Config(), WithSubscription);
        foreach (var text in (string[])["\ntproxy-port: 7893\n", "\ngeodata-loader: standard\n", "\nmode: global\n", "香港 🇭🇰", " password: \"0123\"\n"])
            Assert.Contains(text, output.ConfigYaml!, StringComparison.Ordinal);
        Assert.Equal(["-d", "/var/lib/mihomo", "-f", "/etc/mihomo/config.yaml"], output.Args!.Value);
        Assert.Equal(["10.1.0.0/24", "10.2.0.0/24"], output.TproxyTargets!.Value);
        Assert.Equal(("tproxy", true, 30), (output.Mode, output.RefreshEnable, output.RefreshIntervalMinutes));
    }

    [Fact]
    public void Clash_in_mixed_mode_takes_no_packets_and_tells_the_interval_of_a_refresh_that_is_off()
    {
        var output = Generate("clash", Proxy.Config(), WithSubscription);
        Assert.DoesNotContain("tproxy-port", output.ConfigYaml!, StringComparison.Ordinal);
        Assert.Empty(output.TproxyTargets!.Value);
        Assert.Equal(("mixed", false, 30), (output.Mode, output.RefreshEnable, output.RefreshIntervalMinutes));
    }

    [Fact]
    public void Mosdns_is_its_configuration_the_lists_beside_it_and_where_its_rules_come_from()
    {
        var output = Generate("mosdns", KeySet.Empty
            .With("/nodes/gw-a/mosdns/", ("enable", "true"), ("refresh", "720"))
            .With("/global/mosdns/rule_files", """{"rules/direct.txt": "https://rules.example/direct.txt", "a.txt": "https://rules.example/a.txt"}""")
            .With("/global/mosdns/local", "office.example\n\ncn").Config());
        Assert.Contains("127.0.0.1:1153", output.ConfigYaml!, StringComparison.Ordinal);
        Assert.Equal(["start", "-d", "/etc/mosdns", "-c", "/etc/mosdns/config.yaml"], output.Args!.Value);
        Assert.Equal(
            [("/etc/mosdns/etcd_block.txt", ""), ("/etc/mosdns/etcd_ddns.txt", ""), ("/etc/mosdns/etcd_global.txt", ""), ("/etc/mosdns/etcd_local.txt", "office.example\ncn\n")],
            output.Files!.Value.Select(file => (file.Path, file.Content)));
        Assert.Equal([("a.txt", "https://rules.example/a.txt"), ("rules/direct.txt", "https://rules.example/direct.txt")], output.Rules!.Select(rule => (rule.Key, rule.Value)));
        Assert.Equal(720, output.RefreshMinutes);
    }

    [Fact]
    public void Every_generator_answers_for_a_node_that_has_nothing()
    {
        foreach (var tool in Generator.Names)
        {
            var output = Generate(tool, KeySet.Empty.Config());
            Assert.Empty($"{output.ConfigText}{output.ConfigYaml}{output.FrrConf}");
            Assert.Empty(output.Instances ?? []);
        }
    }

    [Fact]
    public void Tool_without_a_generator_is_answered_by_those_that_there_are() =>
        Assert.Contains("easytier, tinc, openvpn, wireguard, frr, clash, mosdns, dnsmasq", Assert.Throws<ArgumentException>(() => Generate("ospf", Fleet.Keys.Config())).Message, StringComparison.Ordinal);

    private static GeneratorOutput Generate(string tool, GatewayConfig config, Machine? machine = null) =>
        Generator.Generate(tool, config, Renderer.Render(config, machine ?? new Machine()));

    private static string Content(string path) => Encoding.UTF8.GetString(Fleet.Keys.Render("gw-b").Files.Single(file => file.Path == path).Content.Span);
}
