using Meduza.Lab.Harness;
using Meduza.Lab.Services;

namespace Meduza.Lab.Downloads;

/// <summary>A subscription that is not there when it is committed, comes later, and turns bad.</summary>
public sealed class SubscriptionTests : IDisposable
{
    private const string Node = "/nodes/gw/", Url = "/global/clash/subscriptions/main/url";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly LabNetwork _lab = LabNetwork.Create();
    private readonly Gateway _gateway;

    public SubscriptionTests()
    {
        _gateway = _lab.AddGateway("gw");
        _lab.Etcd.Put(
            ("/global/mesh_type", "tinc"), (Node + "clash/enable", "true"), (Node + "clash/active_subscription", "main"), (Url, "file:///data/clash/main.yaml"));
        ProxyDoubles.Start(_gateway);
    }

    public void Dispose() => _lab.Dispose();

    private string Config() => _gateway.Init.Run("cat", "/etc/mihomo/config.yaml").Output;

    private void Write(string name, string content) =>
        _gateway.Init.Run("sh", "-c", $"mkdir -p /data/clash && cat > /data/clash/{name} <<'YAML'\n{content}\nYAML");

    private bool Says(string words) => _gateway.Init.Meduza("status", "--json").Output.Contains(words, StringComparison.Ordinal);

    [Fact]
    public void It_is_picked_up_when_it_comes_and_the_last_good_one_outlives_what_its_server_does_later()
    {
        _lab.Etcd.Commit("first");
        _gateway.UntilState("mihomo", "starting");
        ProxyDoubles.Go(_gateway.Init);
        Assert.Empty(_lab.Events.WaitForCommit("gw", "first", "applied", Limit).Errors);
        var pid = (int)_gateway.UntilState("mihomo", "ready")["pid"]!;
        _gateway.Init.WaitUntil(() => Says("put the subscription there, or name another file; there is no earlier one"), "the reason in status", Limit);

        Write("main.yaml", "proxies: [{name: first-proxy, type: direct}]\ntun: {enable: true}\nexternal-controller: 0.0.0.0:9090");
        _gateway.Init.WaitUntil(() => Config().Contains("first-proxy", StringComparison.Ordinal), "it is in use, without another commit", Limit);
        Assert.DoesNotContain("tun:", Config(), StringComparison.Ordinal);
        Assert.DoesNotContain("0.0.0.0", Config(), StringComparison.Ordinal);
        Assert.Equal(pid, (int)_gateway.Service("mihomo")["pid"]!);

        // A server that sells no subscription any more, and one that is a bomb.
        Write("gone.yaml", "<html>buy one</html>");
        Write("bomb.yaml", "a: &a [x, x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range(0, 12).Select(i =>
            $"{(char)('b' + i)}: &{(char)('b' + i)} [{string.Join(", ", Enumerable.Repeat($"*{(char)('a' + i)}", 9))}]\n")));
        foreach (var (name, reason) in (ReadOnlySpan<(string, string)>)[("gone.yaml", "it is not a mihomo configuration"), ("bomb.yaml", "with its aliases written out")])
        {
            _lab.Etcd.Put((Url, $"file:///data/clash/{name}"));
            Assert.Empty(_lab.Commit(name, _gateway, "applied", Limit).Errors);
            _gateway.Init.WaitUntil(() => Says(reason) && Says("the one before stays in use"), $"{name} is refused with its reason", Limit);
            Assert.Contains("first-proxy", Config(), StringComparison.Ordinal);
        }

        // Its last good text is on disk: an agent that comes back has no other.
        _gateway.Signal("agent", 9);
        Assert.Empty(_lab.Commit("again", _gateway, "applied", Limit).Errors);
        Assert.Contains("first-proxy", Config(), StringComparison.Ordinal);
        Assert.Equal(pid, (int)_gateway.Service("mihomo")["pid"]!);
    }

    [Fact]
    public void Refresh_fetches_it_at_once_and_says_what_came_of_it()
    {
        Write("main.yaml", "proxies: [{name: first-proxy, type: direct}]");
        _lab.Etcd.Commit("first");
        _gateway.UntilState("mihomo", "starting");
        ProxyDoubles.Go(_gateway.Init);
        Assert.Empty(_lab.Events.WaitForCommit("gw", "first", "applied", Limit).Errors);
        _gateway.Init.WaitUntil(() => Config().Contains("first-proxy", StringComparison.Ordinal), "it is in use", Limit);
        Assert.Equal((0, "subscription 'main': not modified\n", ""), Refresh());

        Write("main.yaml", "proxies: [{name: second-proxy, type: direct}]");
        var fetched = Refresh();
        // Not soon after: it is in use when whoever asked for it is told.
        Assert.Contains("second-proxy", Config(), StringComparison.Ordinal);
        Assert.Equal(0, fetched.ExitCode);
        Assert.Matches("^subscription 'main': fetched, [0-9]+ bytes, in use from now on\n$", fetched.Output);

        Write("main.yaml", "<html>buy one</html>");
        var refused = Refresh();
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Matches("^meduza: subscription 'main': it is not a mihomo configuration.*; the one before stays in use, and it is fetched again\n$", refused.Error);
        Assert.Contains("second-proxy", Config(), StringComparison.Ordinal);

        _lab.Etcd.Put((Node + "clash/enable", "false"));
        Assert.Empty(_lab.Commit("off", _gateway, "applied", Limit).Errors);
        var off = Refresh();
        Assert.Equal(1, off.ExitCode);
        Assert.StartsWith("meduza: nothing is downloaded for this node: ", off.Error, StringComparison.Ordinal);
    }

    private (int ExitCode, string Output, string Error) Refresh()
    {
        var result = _gateway.Init.Meduza("refresh");
        return (result.ExitCode, result.Output, result.Error);
    }
}
