using System.Net;
using System.Net.Sockets;
using System.Text;
using Meduza.Init.Tests;
using Meduza.Lab.Harness;
using Meduza.Lab.Services;

namespace Meduza.Lab.Downloads;

/// <summary>Geographical data for mihomo, which waits for them before its first start, and starts without them where they cannot be had.</summary>
public sealed class GeodataFileTests : IDisposable
{
    private const string Node = "/nodes/gw/", Server = "192.0.2.1";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly LabNetwork _lab = LabNetwork.Create();
    private readonly Gateway _gateway;
    private byte[] _data = [.. Encoding.ASCII.GetBytes("<html>not yet</html>")];

    /// <summary>Until this the server has not answered for geographical data.</summary>
    private Task _slowness = Task.CompletedTask;

    public GeodataFileTests()
    {
        _gateway = _lab.AddGateway("gw");
        _lab.Etcd.Put(
            ("/global/mesh_type", "tinc"), (Node + "clash/enable", "true"), (Node + "clash/active_subscription", "main"),
            ("/global/clash/subscriptions/main/url", $"http://{Server}:8080/main.yaml"));
        _lab.Own(new WebServer(_lab.Core.Open(SocketType.Stream, ProtocolType.Tcp), new IPEndPoint(IPAddress.Parse(Server), 8080), async (head, stream) =>
        {
            var isSubscription = head.Contains("main.yaml", StringComparison.Ordinal);
            if (!isSubscription)
                await _slowness;
            await stream.WriteAsync(WebServer.Ok(isSubscription ? Encoding.ASCII.GetBytes(Subscription) : _data));
        }));
        ProxyDoubles.Start(_gateway);
    }

    private const string Subscription = $$"""
        proxies: [{name: a, type: direct}]
        geox-url: {mmdb: 'http://{{Server}}:8080/geo'}
        rules: ['GEOIP,CN,DIRECT', 'MATCH,a']
        """;

    public void Dispose() => _lab.Dispose();

    private string Config() => _gateway.Init.Run("cat", "/etc/mihomo/config.yaml").Output;

    private bool Says(string words) => _gateway.Init.Meduza("status", "--json").Output.Contains(words, StringComparison.Ordinal);

    private static byte[] Database { get; } = [.. new byte[1000], 0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8, .. new byte[100]];

    [Fact]
    public void The_first_start_waits_for_them_and_no_commit_does()
    {
        var answer = new TaskCompletionSource();
        (_data, _slowness) = (Database, answer.Task);
        ProxyDoubles.Go(_gateway.Init);
        Assert.Empty(_lab.Commit("first", _gateway, "applied", Limit).Errors);
        _gateway.Init.WaitUntil(() => Says("its first downloads"), "what it waits for in status", Limit);
        Assert.Equal("waiting", (string?)_gateway.Service("mihomo")["state"]);
        _lab.Etcd.Put((Node + "lan", "10.9.0.0/24"));
        Assert.Empty(_lab.Commit("second", _gateway, "applied", Limit).Errors);

        answer.SetResult();
        _gateway.UntilState("mihomo", "ready");
        Assert.Contains("GEOIP,CN,DIRECT", Config(), StringComparison.Ordinal);
        Assert.Equal(0, (int)_gateway.Service("mihomo")["restarts"]!);
        Assert.False(Says("is left out until"));
    }

    [Fact]
    public void A_server_that_says_nothing_holds_the_first_start_up_for_a_while_only()
    {
        _slowness = new TaskCompletionSource().Task;
        ProxyDoubles.Go(_gateway.Init);
        Assert.Empty(_lab.Commit("first", _gateway, "applied", Limit).Errors);
        _gateway.UntilState("mihomo", "ready");
        Assert.DoesNotContain("GEOIP", Config(), StringComparison.Ordinal);
        Assert.True(Says("what needs geoip.metadb is left out until that is downloaded"));
    }

    [Fact]
    public void Mihomo_starts_without_them_and_has_their_rules_by_a_reload_when_they_come()
    {
        _lab.Etcd.Commit("first");
        _gateway.UntilState("mihomo", "starting");
        ProxyDoubles.Go(_gateway.Init);
        Assert.Empty(_lab.Events.WaitForCommit("gw", "first", "applied", Limit).Errors);
        _gateway.Init.WaitUntil(() => Config().Contains("MATCH,a", StringComparison.Ordinal), "the subscription is in use", Limit);
        var pid = (int)_gateway.UntilState("mihomo", "ready")["pid"]!;
        Assert.DoesNotContain("GEOIP", Config(), StringComparison.Ordinal);
        _gateway.Init.WaitUntil(() => Says("what needs geoip.metadb is left out until that is downloaded") && Says("geoip.metadb: 192.0.2.1 cannot be asked for it: its answer is no database"), "the reasons in status", Limit);

        _data = Database;
        _gateway.Init.Meduza("refresh");
        _gateway.Init.WaitUntil(() => Config().Contains("GEOIP,CN,DIRECT", StringComparison.Ordinal), "the rule is back", Limit);
        Assert.Equal("1114\n", _gateway.Init.Run("sh", "-c", "setpriv --reuid mihomo --clear-groups stat -Lc %s /var/lib/mihomo/geoip.metadb 2>/dev/null || stat -Lc %s /var/lib/mihomo/geoip.metadb").Output);
        Assert.Equal(pid, (int)_gateway.Service("mihomo")["pid"]!);
        _gateway.Init.WaitUntil(() => !Says("is left out until"), "nothing to say any more", Limit);
    }
}
