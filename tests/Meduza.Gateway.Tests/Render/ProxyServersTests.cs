using System.Text;
using Meduza.Gateway.Render.Mihomo;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Tests.Render;

/// <summary>What is read of mihomo's configuration for others than mihomo.</summary>
public sealed class ProxyServersTests
{
    private static YamlMap Config(string text) => (YamlMap)YamlReader.Read(Encoding.UTF8.GetBytes("external-controller: 127.0.0.1:9090\n" + text));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void Servers_are_those_of_proxies_of_their_peers_and_of_providers()
    {
        var servers = ProxyServers.Of(
            Config("""
                proxies:
                  - {name: a, type: ss, server: b.example, port: 443}
                  - {name: b, type: ss, Server: "[2001:db8::1]", port: 443}
                  - {name: c, type: wireguard, peers: [{server: 203.0.113.5, port: 1}]}
                  - {name: d, type: direct}
                proxy-providers:
                  one: {type: http, url: "https://example.org/one", path: ./one.yaml}
                  two: {type: http, url: "https://example.org/two"}
                  three: {type: inline, payload: [{name: x, type: ss, server: a.example, port: 1}]}
                """),
            "/var/lib/mihomo");
        Assert.Equal(["2001:db8::1", "203.0.113.5", "a.example", "b.example"], servers.Hosts);
        // md5 of the URL, as mihomo names it.
        Assert.Equal(["/var/lib/mihomo/./one.yaml", "/var/lib/mihomo/proxies/1445f60a265244b4526393fe1b926395"], servers.ProviderFiles);
        Assert.True(ProxyServers.Of(Config("proxies: ~"), "/").IsEmpty);
    }

    [Fact]
    public void What_a_provider_gives_is_YAML_or_links_or_links_in_base64()
    {
        Assert.Equal(["a.example"], ProxyServers.In("proxies: [{name: a, type: ss, server: a.example, port: 1}]"u8.ToArray()));
        var links = string.Join('\n',
            "trojan://secret@b.example:443?sni=x#name", $"ss://{Base64("aes-128-gcm:secret@c.example:8388")}#name", $"ss://{Base64("aes-128-gcm:secret")}@d.example:8388/?plugin=x#y",
            $"vmess://{Base64("""{"add":"e.example","port":443}""")}", $"ssr://{Base64("f.example:443:origin:x:plain:eA/?remarks=y")}", "vless://id@[2001:db8::7]:443#x", "nothing", "vmess://nothing!");
        string[] servers = ["2001:db8::7", "b.example", "c.example", "d.example", "e.example", "f.example"];
        Assert.Equal(servers, ProxyServers.In(Encoding.UTF8.GetBytes(links)));
        Assert.Equal(servers, ProxyServers.In(Encoding.UTF8.GetBytes(Base64(links))));
        Assert.Empty(ProxyServers.In("<html>"u8.ToArray()));
        Assert.Empty(ProxyServers.In(default));
    }

    [Theory]
    [InlineData("proxy-groups: [{name: auto, type: url-test, proxies: [a, REJECT]}]", true)]
    [InlineData("proxy-groups: [{name: auto, Type: url-test, Proxies: [a, REJECT-DROP]}]", true)]
    [InlineData("proxy-groups: [{name: auto, type: url-test, use: [p], empty-fallback: REJECT}]", true)]
    [InlineData("proxy-groups: [{name: auto, type: url-test, proxies: [a]}, {name: pick, type: select, proxies: [REJECT]}]", false)]
    [InlineData("proxy-groups: ~", false)]
    public void A_group_may_be_stuck_that_tests_and_has_one_that_rejects(string text, bool may) => Assert.Equal(may, MihomoApi.Of(Config(text)).MayBeStuck);

    [Fact]
    public void The_API_is_asked_with_the_secret_that_is_in_force()
    {
        var api = MihomoApi.Of(Config("secret: s3cr3t"));
        Assert.Equal(("127.0.0.1:9090", "s3cr3t"), (api.Address, api.Secret!.Reveal()));
        Assert.Null(MihomoApi.Of(Config("secret: ''")).Secret);
        Assert.DoesNotContain("s3cr3t", api.ToString(), StringComparison.Ordinal);
    }
}
