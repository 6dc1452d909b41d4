using System.Diagnostics;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Services;

/// <summary>What becomes of a client's connections, with the proxy and without it.</summary>
public sealed class TransparentProxyTests : IDisposable
{
    private const string Node = "/nodes/gw/", Url = "/global/clash/subscriptions/main/url", Server = "192.0.2.1";
    private const int Port = 8000, SigKill = 9;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly LabNetwork _lab = LabNetwork.Create();
    private readonly Gateway _gateway;
    private readonly LanHost _host;

    public TransparentProxyTests()
    {
        _gateway = _lab.AddGateway("gw");
        _host = _gateway.AddLan("10.1.0");
        _lab.Core.Ip($"route add 10.1.0.0/24 via {_gateway.Underlay}");
        _lab.Own(new Greeter(_lab.Core, Port));
        _lab.Etcd.Put(
            ("/global/mesh_type", "tinc"), (Node + "lan", "10.1.0.0/24"), (Node + "dnsmasq/enable", "true"), (Node + "clash/enable", "true"), (Node + "clash/mode", "tproxy"),
            (Node + "clash/active_subscription", "main"), (Url, "file:///data/clash/main.yaml"));
        ProxyDoubles.Start(_gateway, ["DNS_NAMESERVERS=192.0.2.1"]);
    }

    public void Dispose() => _lab.Dispose();

    private void Begin(string subscription)
    {
        _gateway.Init.Run("sh", "-c", $"mkdir -p /data/clash && cat > /data/clash/main.yaml <<'YAML'\n{subscription}\nYAML");
        _lab.Etcd.Commit("first");
        ProxyDoubles.Go(_gateway.Init);
        _gateway.UntilState("mihomo", "ready");
        _gateway.Init.WaitUntil(() => _gateway.Init.Run("cat", "/etc/mihomo/config.yaml").Output.Contains("proxies:", StringComparison.Ordinal), "the subscription is in use", Limit);
    }

    // A connection that was taken by one that hangs says nothing for ever.
    private string? Ask(string address = Server, int port = Port) => Greeter.Ask(_host.Network, address, port, TimeSpan.FromSeconds(5));

    private void UntilProxied(string address = "198.51.100.77", int port = 1234) =>
        _gateway.Init.WaitUntil(() => Ask(address, port) == $"proxied 10.1.0.2 to {address}:{port}", $"what is for {address}:{port} is proxied", Limit);

    private TimeSpan UntilDirect()
    {
        var began = Stopwatch.GetTimestamp();
        _gateway.Init.WaitUntil(() => Ask() == "you are 10.1.0.2", "a connection goes its way", Limit);
        return Stopwatch.GetElapsedTime(began);
    }

    [Fact]
    public void Connections_are_proxied_while_the_proxy_is_well_and_go_their_way_while_it_is_not()
    {
        Assert.Equal("you are 10.1.0.2", Ask());
        Begin("proxies: [{name: a, type: direct}]");
        UntilProxied(Server, Port);
        UntilProxied();

        // Killed, and the next one takes its time.
        ProxyDoubles.Set(_gateway.Init, "mihomo", ProxyDoubles.Hold);
        _gateway.Signal("mihomo", SigKill);
        var killed = UntilDirect();
        _lab.Etcd.Put(Node + "portforward", "8080:10.1.0.2:80");
        var outcome = _lab.Commit("during", _gateway, "applied", Limit);
        Assert.Contains("portforward", outcome.Changed);
        Assert.Empty(outcome.Errors);
        Assert.Equal("you are 10.1.0.2", Ask());
        ProxyDoubles.Clear(_gateway.Init, "mihomo", ProxyDoubles.Hold);
        UntilProxied(Server, Port);

        // Hung: it has its ports, and the kernel takes connections for it.
        ProxyDoubles.Set(_gateway.Init, "mihomo", ProxyDoubles.Hang);
        _gateway.UntilState("mihomo", "unhealthy", "an answer of its API at 127.0.0.1:9090");
        var hung = UntilDirect();
        ProxyDoubles.Clear(_gateway.Init, "mihomo", ProxyDoubles.Hang);
        UntilProxied(Server, Port);

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"connected directly {killed.TotalMilliseconds:0} ms after the kill, {hung.TotalMilliseconds:0} ms after it was known to hang");
    }

    [Fact]
    public void Nothing_is_sent_to_a_proxy_that_throws_it_away()
    {
        Begin("""
            proxies: [{name: a, type: socks5, server: 203.0.113.9, port: 1080}]
            proxy-groups: [{name: auto 🚀, type: url-test, proxies: [a, REJECT], url: "http://x/", interval: 300}]
            rules: ["MATCH,auto 🚀"]
            """);
        UntilProxied(Server, Port);

        ProxyDoubles.Set(_gateway.Init, "mihomo", ProxyDoubles.Reject);
        var lack = (string)_gateway.UntilState("mihomo", "unhealthy")["waiting_for"]!;
        Assert.Matches("^a proxy for group \"auto .*\", which is stuck on REJECT$", lack);
        UntilDirect();
        _lab.Events.WaitFor("/updated/gw/clash/status", e => e.Value?.StartsWith("down ", StringComparison.Ordinal) == true, Limit);

        ProxyDoubles.Clear(_gateway.Init, "mihomo", ProxyDoubles.Reject);
        _gateway.UntilState("mihomo", "ready");
        UntilProxied(Server, Port);
        Assert.Equal(0, (int)_gateway.Service("mihomo")["restarts"]!);
    }

    [Fact]
    public void What_is_for_the_proxys_own_servers_goes_there()
    {
        _lab.Etcd.Put(("/dns/hosts/proxy.test", "192.0.2.99"));
        Begin("""
            proxies:
              - {name: a, type: socks5, server: 192.0.2.1, port: 1080}
              - {name: b, type: socks5, server: proxy.test, port: 1080}
            proxy-providers:
              more: {type: http, url: "http://203.0.113.1/none", path: ./more.yaml, interval: 3600}
            """);
        UntilProxied();
        Assert.Equal("you are 10.1.0.2", Ask());
        _gateway.Init.WaitUntil(() => Servers().Contains("192.0.2.99", StringComparison.Ordinal), "its name is looked up", Limit);

        // What a provider gives comes later, and mihomo alone fetches it.
        _gateway.Init.Run("sh", "-c", "echo 'proxies: [{name: c, type: socks5, server: 198.51.100.77, port: 1}]' > /var/lib/mihomo/more.yaml");
        _gateway.Init.WaitUntil(() => Servers().Contains("198.51.100.77", StringComparison.Ordinal), "the provider's server is known", Limit);
        UntilProxied("198.51.100.78");
    }

    private string Servers() => _gateway.Network.Run("ipset", "list", "MEDUZA_SERVERS").Output;
}
