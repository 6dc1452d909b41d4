using System.Text;
using CsCheck;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Render;
using Meduza.Gateway.Render.Mihomo;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Tests.Render;

/// <summary>Shipped ← subscription ← enforced.</summary>
public sealed class MihomoConfigTests
{
    internal const string Good = "proxies:\n  - {name: a, type: ss, server: s.example, port: 443, cipher: aes-128-gcm, password: x}\n";

    [Theory]
    [InlineData("find-process-mode: always", "find-process-mode", "off")]
    [InlineData("unified-delay: false", "unified-delay", "true")]
    [InlineData("geodata-loader: memconservative", "geodata-loader", "standard")]
    [InlineData("geo-auto-update: true", "geo-auto-update", "false")]
    [InlineData("socks-port: 1080", "socks-port", "7891")]
    [InlineData("mixed-port: 1081", "mixed-port", "7890")]
    [InlineData("allow-lan: false", "allow-lan", "true")]
    [InlineData("bind-address: 192.0.2.1", "bind-address", "*")]
    public void What_is_enforced_wins_over_a_subscription(string line, string key, string value) =>
        Assert.Equal(value, Text(Merge(Good + line + "\n").Config[key]));

    [Fact]
    public void Transparent_port_is_there_in_its_mode_alone()
    {
        Assert.Equal("7893", Text(Merge(Good, ClashMode.Tproxy).Config["tproxy-port"]));
        Assert.Null(Merge(Good + "tproxy-port: 7893\n").Config["tproxy-port"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("dns: {enable: false, listen: 0.0.0.0:53, enhanced-mode: fake-ip}\n")]
    [InlineData("dns: ~\n")]
    [InlineData("dns: [1]\n")]
    public void Dns_listens_on_this_machine_and_gives_true_addresses(string lines)
    {
        var dns = Assert.IsType<YamlMap>(Merge(Good + lines).Config["dns"]);
        Assert.Equal(("true", "127.0.0.1:1053", "redir-host"), (Text(dns["enable"]), Text(dns["listen"]), Text(dns["enhanced-mode"])));
    }

    [Fact]
    public void Everything_else_of_a_subscription_survives_with_its_type_and_in_its_order()
    {
        const string text = """
            base: &base {udp: true, port: 0443, tls: yes}
            proxies:
              - <<: *base
                name: "🇭🇰 香港 01"
                type: vmess
                server: hk.example
                uuid: 5d1b8f0e-0000-4000-8000-000000000000
                alterId: "0"
                password: 123456789012345678901234567890
            proxy-groups:
              - {name: "🚀 auto", type: url-test, proxies: ["🇭🇰 香港 01"], interval: 300, tolerance: 5.5}
            rules: ["DOMAIN-SUFFIX,example.org,🚀 auto", "MATCH,DIRECT"]
            sniffer: {enable: true}
            log-level: info
            x-own: {when: 2020-01-01, none: ~}
            """;
        var (config, notes) = Merge(text);
        Assert.Empty(notes);
        var subscription = (YamlMap)Read(text);
        foreach (var key in (string[])["proxies", "proxy-groups", "rules", "sniffer", "log-level", "x-own"])
            Assert.True(subscription[key]!.SameAs(config[key]), key);
        Assert.True(config.SameAs(YamlReader.Read(YamlWriter.Write(config))));
        Assert.Equal(YamlType.IntNumber, ((YamlScalar)((YamlMap)((YamlSequence)config["proxies"]!).Items[0])["port"]!).Type);
    }

    [Fact]
    public void Shipped_settings_hold_where_a_subscription_says_nothing()
    {
        var (config, notes) = Merge(null);
        Assert.Empty(notes);
        Assert.Equal("MATCH,DIRECT", Text(((YamlSequence)config["rules"]!).Items.Single()));
        Assert.Equal(("127.0.0.1:9090", "made-at-start"), (Text(config["external-controller"]), Text(config["secret"])));
        Assert.Equal("rule", Text(Merge(Good).Config["mode"]));
        Assert.Equal("global", Text(Merge(Good + "mode: global\n").Config["mode"]));
    }

    [Theory]
    [InlineData("secret: mine", "mine")]
    [InlineData("secret: \"\"", "made-at-start")]
    [InlineData("secret: ~", "made-at-start")]
    [InlineData("secret: {a: 1}", "made-at-start")]
    public void Secret_of_a_subscription_is_kept_where_there_is_one(string line, string secret) =>
        Assert.Equal(secret, Text(Merge(Good + line + "\n").Config["secret"]));

    [Fact]
    public void Dummy_group_goes_from_groups_members_and_rules()
    {
        var (config, _) = Merge(Good + """
            proxy-groups:
              - {name: DUMMY-GROUPS, type: select, proxies: [a]}
              - {name: g, type: select, proxies: [a, DUMMY-GROUPS]}
              - {name: h, type: select, proxies: [DUMMY-GROUPS]}
              - {name: i, type: select, proxies: [DUMMY-GROUPS], use: [p]}
            rules: ["DOMAIN,x.example,DUMMY-GROUPS", "DOMAIN,DUMMY-GROUPS.example,g", "MATCH,g"]

            """);
        var groups = ((YamlSequence)config["proxy-groups"]!).Items.Cast<YamlMap>().ToDictionary(g => Text(g["name"])!, g => ((YamlSequence)g["proxies"]!).Items.Select(Text));
        Assert.Equal(["g", "h", "i"], groups.Keys);
        Assert.Equal(["a"], groups["g"]);
        Assert.Equal(["DIRECT"], groups["h"]);
        Assert.Empty(groups["i"]);
        Assert.Equal(["DOMAIN,DUMMY-GROUPS.example,g", "MATCH,g"], ((YamlSequence)config["rules"]!).Items.Select(Text));
    }

    [Theory]
    [InlineData("- a\n", "which is a map")]
    [InlineData("<html></html>", "which is a map")]
    [InlineData("", "which is a map")]
    [InlineData("mode: rule\n", "neither proxies nor proxy-providers")]
    [InlineData("proxies: {a: 1}\n", "proxies is not a list of maps")]
    [InlineData("proxies: [a]\n", "proxies is not a list of maps")]
    [InlineData("proxies: []\nproxy-groups: x\n", "proxy-groups is not a list of maps")]
    [InlineData("proxy-providers: [a]\n", "proxy-providers is not a map of maps")]
    [InlineData("proxies: []\nrule-providers: {a: 1}\n", "rule-providers is not a map of maps")]
    [InlineData("proxies: []\nrules: [{a: 1}]\n", "rules is not a list of lines")]
    [InlineData("a: b: c\n", "line 1")]
    public void Text_that_is_no_mihomo_configuration_is_refused_with_its_reason(string text, string reason)
    {
        Assert.Null(Subscription.Read(Encoding.UTF8.GetBytes(text), out var problem));
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Refused_subscription_leaves_mihomo_with_what_is_shipped()
    {
        var keys = KeySet.Empty.With("/global/clash/subscriptions/main/url", "https://example.org/sub").With("/nodes/gw-a/clash/", ("enable", "true"), ("active_subscription", "main"));
        foreach (var text in (string[])["<html>", Good + "rule-providers: {p: {type: file, path: /etc/shadow}}\n", new string('[', 100_000)])
        {
            var machine = new Machine { Subscriptions = Of("main", text) };
            var state = keys.Render(machine: machine);
            Assert.All(state.Warnings, warning => Assert.Equal("/global/clash/subscriptions/main/url", warning.Key));
            Assert.NotEmpty(state.Warnings);
            var config = (YamlMap)YamlReader.Read(state.Files.Single(file => file.Path == "/etc/mihomo/config.yaml").Content);
            Assert.Null(config["proxies"]);
        }
    }

    [Fact]
    public void Service_reads_its_configuration_again_on_a_signal_and_is_ready_when_its_api_answers()
    {
        var keys = KeySet.Empty.With("/global/clash/subscriptions/main/url", "https://example.org/sub").With("/nodes/gw-a/clash/", ("enable", "true"), ("active_subscription", "main"));
        var one = keys.Render(machine: new Machine { Subscriptions = Of("main", Good) }).Services.Single(service => service.Name == "mihomo");
        var other = keys.Render(machine: new Machine { Subscriptions = Of("main", Good + "mode: global\n") }).Services.Single(service => service.Name == "mihomo");
        Assert.True(one.SameProcessAs(other));
        Assert.NotEqual(one.ReloadRevision, other.ReloadRevision);
        Assert.Equal(new Readiness(ReadinessKind.Agent, "127.0.0.1:9090"), one.Readiness);
        Assert.Equal(["/usr/bin/mihomo", "-d", "/var/lib/mihomo", "-f", "/etc/mihomo/config.yaml"], one.Command);
        Assert.Empty(KeySet.Empty.Render().Services);
    }

    private static readonly Gen<string> Lines = Gen.OneOf(
        "tun: {enable: true}", "tun: [1]", "dns: 5", "external-controller: 0.0.0.0:1", "external-controller: 127.0.0.1:1", "secret: s", "proxy-groups: [{name: DUMMY-GROUPS}]",
        "proxy-groups: [{proxies: [DUMMY-GROUPS, {a: 1}]}]", "rules: [DUMMY-GROUPS, 5, ~]", "rules: ~", "proxy-providers: {a: {path: {x: 1}, override: 5}}", "rule-providers: {a: {type: file, path: 5}}",
        "proxy-providers: ~", "listeners: 5", "x: &a {y: *b}", "b: &b 1", "<<: {mode: direct}", "? [x]", "port: {a: 1}", "socks-port: []", "interface-name: ~");

    [Fact]
    public void Any_subscription_gives_a_configuration_that_holds_to_what_is_enforced() => Lines.Array[0, 6].Sample(lines =>
    {
        var text = Encoding.UTF8.GetBytes(Good + string.Join('\n', lines) + "\n");
        var subscription = Subscription.Read(text, out var problem);
        Assert.Equal(subscription is null, problem is not null);
        var config = MihomoConfig.Merge(Shipped, subscription, ClashMode.Tproxy, null, _ => { });
        Assert.True(config.SameAs(YamlReader.Read(YamlWriter.Write(config))));
        Assert.Equal("7891", Text(config["socks-port"]));
        Assert.Null(config["tun"]);
        Assert.StartsWith("127.0.0.1:", MihomoConfig.ControllerOf(config), StringComparison.Ordinal);
    }, iter: 2_000);

    internal static System.Collections.Immutable.ImmutableDictionary<string, ReadOnlyMemory<byte>> Of(string name, string text) =>
        System.Collections.Immutable.ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty.Add(name, Encoding.UTF8.GetBytes(text));

    private static YamlMap Shipped => (YamlMap)YamlReader.Read(new Machine().MihomoBase);

    internal static (YamlMap Config, List<string> Notes) Merge(string? text, ClashMode mode = ClashMode.Mixed)
    {
        List<string> notes = [];
        YamlMap? subscription = null;
        if (text is not null)
        {
            subscription = Subscription.Read(Encoding.UTF8.GetBytes(text), out var problem);
            Assert.Null(problem);
        }
        return (MihomoConfig.Merge(Shipped, subscription, mode, new Secret("made-at-start"), notes.Add), notes);
    }

    private static YamlNode Read(string text) => YamlReader.Read(Encoding.UTF8.GetBytes(text));

    internal static string? Text(YamlNode? node) => (node as YamlScalar)?.Text;
}
