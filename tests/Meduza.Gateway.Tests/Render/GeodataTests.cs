using System.Collections.Immutable;
using System.Text;
using Meduza.Gateway.Render;
using Meduza.Gateway.Render.Mihomo;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Tests.Render;

/// <summary>What of a configuration of mihomo needs geographical data, and what is left while there are none.</summary>
public sealed class GeodataTests
{
    private static YamlMap Read(string text) => (YamlMap)YamlReader.Read(Encoding.UTF8.GetBytes(text));

    private static string Needs(string text) => string.Join(' ', Geodata.NeededBy(Read(text)).Select(file => file.Name));

    [Theory]
    [InlineData("rules: ['MATCH,DIRECT']", "")]
    [InlineData("rules: ['GEOIP,CN,DIRECT']", "geoip.metadb")]
    [InlineData("rules: ['geoip , CN , DIRECT']", "geoip.metadb")]
    [InlineData("rules: ['GEOIP,lan,DIRECT']", "")]
    [InlineData("rules: ['SRC-GEOIP,CN,DIRECT']", "geoip.metadb")]
    [InlineData("{geodata-mode: true, rules: ['GEOIP,CN,DIRECT']}", "GeoIP.dat")]
    [InlineData("rules: ['GEOSITE,cn,DIRECT']", "GeoSite.dat")]
    [InlineData("rules: ['IP-ASN,13335,DIRECT']", "ASN.mmdb")]
    [InlineData("rules: ['AND,((NETWORK,udp),(GEOSITE,youtube)),REJECT']", "GeoSite.dat")]
    [InlineData("rules: ['DOMAIN,geoip,DIRECT', 'DOMAIN-SUFFIX,GEOSITE,DIRECT']", "")]
    [InlineData("{sub-rules: {a: ['GEOIP,CN,DIRECT']}, rules: ['SUB-RULE,(NETWORK,tcp),a']}", "geoip.metadb")]
    [InlineData("dns: {nameserver-policy: {'geosite:cn,private': 223.5.5.5}}", "GeoSite.dat")]
    [InlineData("dns: {fake-ip-filter: ['geosite:cn', '+.lan']}", "GeoSite.dat")]
    [InlineData("sniffer: {skip-domain: ['geosite:apple']}", "GeoSite.dat")]
    [InlineData("dns: {fallback: [8.8.8.8]}", "geoip.metadb")]
    [InlineData("dns: {fallback: [8.8.8.8], fallback-filter: {geoip: false}}", "")]
    [InlineData("dns: {fallback: [8.8.8.8], fallback-filter: {geoip: false, geosite: [gfw]}}", "GeoSite.dat")]
    [InlineData("dns: {fallback: []}", "")]
    [InlineData("proxies: [{name: 'geosite:x', type: direct}]", "")]
    public void What_it_needs_is_found_wherever_it_is_named(string config, string needs)
    {
        Assert.Equal(needs, Needs(config));
        var without = Geodata.Without(Read(config), ["geoip.metadb", "GeoIP.dat", "GeoSite.dat", "ASN.mmdb"]);
        Assert.Empty(Geodata.NeededBy(without));
        if (needs.Length == 0)
            Assert.True(without.SameAs(Read(config)));
    }

    [Fact]
    public void All_else_stays_as_it_is()
    {
        var config = Read("""
            proxies: [{name: a, type: direct}]
            dns: {nameserver-policy: {'geosite:cn': 1.1.1.1, '+.lan': 10.0.0.1}, fake-ip-filter: ['geosite:cn', '+.lan'], fallback: [8.8.8.8], fallback-filter: {domain: [x]}}
            rules: ['DOMAIN,a.example,DIRECT', 'GEOIP,CN,DIRECT', 'GEOSITE,cn,DIRECT', 'MATCH,a']
            """);
        Assert.True(Geodata.Without(config, ["GeoSite.dat"]).SameAs(Read("""
            proxies: [{name: a, type: direct}]
            dns: {nameserver-policy: {'+.lan': 10.0.0.1}, fake-ip-filter: ['+.lan'], fallback: [8.8.8.8], fallback-filter: {domain: [x]}}
            rules: ['DOMAIN,a.example,DIRECT', 'GEOIP,CN,DIRECT', 'MATCH,a']
            """)));
        Assert.True(Geodata.Without(config, ["geoip.metadb"]).SameAs(Read("""
            proxies: [{name: a, type: direct}]
            dns: {nameserver-policy: {'geosite:cn': 1.1.1.1, '+.lan': 10.0.0.1}, fake-ip-filter: ['geosite:cn', '+.lan'], fallback: [8.8.8.8], fallback-filter: {domain: [x], geoip: false}}
            rules: ['DOMAIN,a.example,DIRECT', 'GEOSITE,cn,DIRECT', 'MATCH,a']
            """)));
    }

    [Theory]
    [InlineData("https://mirror.example/asn.mmdb", "https://mirror.example/asn.mmdb")]
    [InlineData("file:///etc/shadow", "https://github.com/MetaCubeX/meta-rules-dat/releases/download/latest/GeoLite2-ASN.mmdb")]
    public void It_comes_from_where_the_subscription_says_if_that_is_of_the_web(string url, string from) =>
        Assert.Equal(from, Assert.Single(Geodata.NeededBy(Read($"{{geox-url: {{asn: '{url}'}}, rules: ['IP-ASN,1,DIRECT']}}"))).Url);

    [Fact]
    public void Rules_come_with_their_data_by_a_reload_and_newer_data_are_another()
    {
        const string Subscription = "proxies: [{name: a, type: direct}]\nrules: ['GEOIP,CN,DIRECT', 'MATCH,a']\n";
        var keys = KeySet.Empty.With("/nodes/gw-a/clash/enable", "true").With("/nodes/gw-a/clash/active_subscription", "main")
            .With("/global/clash/subscriptions/main/url", "https://x/sub");
        var none = ImmutableDictionary<string, string>.Empty;
        var machine = new Machine { Subscriptions = ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty.Add("main", Encoding.UTF8.GetBytes(Subscription)) };
        DesiredState Render(string? path) => Renderer.Render(
            keys.Config(), machine with { Geodata = path is null ? none : none.Add("geoip.metadb", path) });

        var (before, after, newer) = (Render(null), Render("/data/g.1"), Render("/data/g.2"));

        Assert.Equal(["geoip.metadb"], before.Geodata.Select(file => file.Name));
        Assert.Equal(before.Geodata, after.Geodata);
        Assert.DoesNotContain("GEOIP", Config(before), StringComparison.Ordinal);
        Assert.Contains(before.Warnings, warning => warning.Message == "what needs geoip.metadb is left out until that is downloaded");
        Assert.Contains("GEOIP,CN,DIRECT", Config(after), StringComparison.Ordinal);
        Assert.DoesNotContain(after.Warnings, warning => warning.Message.Contains("geoip", StringComparison.Ordinal));
        Assert.Equal([new("/var/lib/mihomo/geoip.metadb", "/data/g.1", "clash")], after.Symlinks);
        Assert.True(Mihomo(before).SameProcessAs(Mihomo(after)));
        Assert.Contains("GEOIP,CN,DIRECT", Config(Renderer.Render(keys.Config(), machine)), StringComparison.Ordinal);
        Assert.Equal(3, new[] { before, after, newer }.Select(state => Mihomo(state).ReloadRevision).Distinct().Count());
    }

    private static ServiceDefinition Mihomo(DesiredState state) => state.Services.Single(service => service.Name == "mihomo");

    private static string Config(DesiredState state) => Encoding.UTF8.GetString(state.Files.Single(file => file.Path == "/etc/mihomo/config.yaml").Content.Span);
}
