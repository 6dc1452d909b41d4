using System.Text;
using Meduza.Gateway.Yaml;
using static Meduza.Gateway.Tests.Render.MihomoConfigTests;

namespace Meduza.Gateway.Tests.Render;

/// <summary>What a subscription may not say is taken out of it, with a word about what is not every provider's template.</summary>
public sealed class SubscriptionGuardTests
{
    [Theory]
    [InlineData("external-controller: 127.0.0.1:9999", "127.0.0.1:9999", 0)]
    [InlineData("external-controller: localhost:9999", "localhost:9999", 0)]
    [InlineData("external-controller: \"[::1]:9999\"", "[::1]:9999", 0)]
    [InlineData("external-controller: 0.0.0.0:9090", "127.0.0.1:9090", 1)]
    [InlineData("external-controller: :9090", "127.0.0.1:9090", 1)]
    [InlineData("external-controller: \"[::]:9090\"", "127.0.0.1:9090", 1)]
    [InlineData("external-controller: 192.0.2.1:9090", "127.0.0.1:9090", 1)]
    [InlineData("external-controller: localhost.example:9090", "127.0.0.1:9090", 1)]
    [InlineData("external-controller: 9090", "127.0.0.1:9090", 1)]
    [InlineData("external-controller: [a]", "127.0.0.1:9090", 1)]
    public void Api_is_for_this_machine_alone(string line, string address, int notes)
    {
        var merged = Merge(Good + line + "\n");
        Assert.Equal(address, Text(merged.Config["external-controller"]));
        Assert.Equal(notes, merged.Notes.Count);
    }

    [Theory]
    [InlineData("tun: {enable: true, auto-route: true}")]
    [InlineData("iptables: {enable: true, inbound-interface: eth0}")]
    [InlineData("ebpf: {redirect-to-tun: [eth0]}")]
    [InlineData("listeners: [{name: x, type: mixed, port: 1, listen: 0.0.0.0}]")]
    [InlineData("tunnels: [\"tcp/udp,0.0.0.0:53,8.8.8.8:53,DIRECT\"]")]
    [InlineData("ss-config: \"ss://x\"")]
    [InlineData("tuic-server: {enable: true, listen: 0.0.0.0:1}")]
    [InlineData("interface-name: eth0")]
    [InlineData("routing-mark: 1")]
    [InlineData("external-controller-unix: /run/mihomo.sock")]
    [InlineData("external-controller-tls: 0.0.0.0:9443")]
    [InlineData("external-doh-server: /dns-query")]
    [InlineData("external-ui: /etc")]
    [InlineData("external-ui-url: https://example.org/ui.zip")]
    [InlineData("tls: {certificate: /etc/ssl/a.pem, private-key: /etc/ssl/a.key}")]
    [InlineData("ntp: {enable: true, write-to-system: true, server: time.example}")]
    [InlineData("script: {code: \"import os\"}")]
    public void What_reaches_into_the_machine_is_left_out_with_its_reason(string line)
    {
        var (config, notes) = Merge(Good + line + "\n");
        var key = line[..line.IndexOf(':', StringComparison.Ordinal)];
        Assert.Null(config[key]);
        Assert.StartsWith($"{key} is left out: ", Assert.Single(notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tun: {enable: false}")]
    [InlineData("port: 7890")]
    [InlineData("redir-port: 7892")]
    [InlineData("interface-name: \"\"")]
    [InlineData("external-ui: ~")]
    public void What_is_off_or_in_every_template_goes_without_a_word(string line)
    {
        var (config, notes) = Merge(Good + line + "\n");
        Assert.Empty(notes);
        Assert.Null(config[line[..line.IndexOf(':', StringComparison.Ordinal)]]);
    }

    [Fact]
    public void Marks_of_proxies_and_groups_are_left_out()
    {
        var (config, notes) = Merge("proxies: [{name: a, type: direct, routing-mark: 1}]\nproxy-groups: [{name: g, type: select, proxies: [a], routing-mark: 1}]\n"
            + "proxy-providers: {p: {type: http, url: \"https://example.org\", override: {routing-mark: 1, udp: true}}}\n");
        Assert.DoesNotContain("routing-mark", Encoding.UTF8.GetString(YamlWriter.Write(config).Span), StringComparison.Ordinal);
        Assert.Equal(3, notes.Count);
    }

    [Theory]
    [InlineData("Routing-Mark")]
    [InlineData("routing_mark")]
    [InlineData("ROUTING_MARK")]
    [InlineData("routing-mar\u212a")]
    public void Mark_is_known_however_mihomo_knows_it(string key)
    {
        var (config, notes) = Merge($"proxies: [{{name: a, type: direct, \"{key}\": 1}}]\nproxy-providers: {{p: {{type: http, url: \"https://example.org\", Override: {{\"{key}\": 1}}}}}}\n");
        Assert.DoesNotContain(key, Encoding.UTF8.GetString(YamlWriter.Write(config).Span), StringComparison.Ordinal);
        Assert.Equal(2, notes.Count);
    }

    [Theory]
    [InlineData("PATH: /etc/cron.d/p")]
    [InlineData("Path: ../p")]
    [InlineData("path: ./p, Path: /etc/p")]
    public void Path_is_known_however_mihomo_knows_it(string path)
    {
        var (config, notes) = Merge($"proxy-providers: {{p: {{type: http, url: \"https://example.org\", {path}}}}}\n");
        Assert.Equal(["type", "url"], ((YamlMap)((YamlMap)config["proxy-providers"]!)["p"]!).Entries.Select(entry => entry.Key.Text));
        Assert.Single(notes);
        Assert.Null(Merge(Good + $"rule-providers: {{p: {{TYPE: file, behavior: domain, {path}}}}}\n").Config["proxies"]);
    }

    [Theory]
    [InlineData("./proxies/p.yaml", true)]
    [InlineData("p.yaml", true)]
    [InlineData("/etc/cron.d/p", false)]
    [InlineData("../p.yaml", false)]
    [InlineData("a/../../p.yaml", false)]
    [InlineData("./../p.yaml", false)]
    public void Provider_stores_nothing_outside_of_its_folder(string path, bool kept)
    {
        var (config, notes) = Merge($"proxy-providers: {{p: {{type: http, url: \"https://example.org\", path: {path}}}}}\n");
        var provider = (YamlMap)((YamlMap)config["proxy-providers"]!)["p"]!;
        Assert.Equal(kept, provider["path"] is not null);
        Assert.Equal(kept ? 0 : 1, notes.Count);
    }

    [Fact]
    public void Subscription_that_reads_files_of_the_machine_is_not_used_at_all()
    {
        var (config, notes) = Merge(Good + "rule-providers: {p: {type: file, behavior: domain, path: /etc/shadow}}\n");
        Assert.Null(config["proxies"]);
        Assert.Contains(notes, note => note.StartsWith("nothing of the subscription is used", StringComparison.Ordinal));
    }
}
