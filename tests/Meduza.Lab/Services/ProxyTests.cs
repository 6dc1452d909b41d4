using Meduza.Lab.Harness;

namespace Meduza.Lab.Services;

/// <summary>mihomo is as well as its API says, and what goes through it goes with that.</summary>
public sealed class ProxyTests : IDisposable
{
    private const string Node = "/nodes/gw/";
    private const string Answer = "an answer of its API at 127.0.0.1:9090";
    private const int SigStop = 19, SigContinue = 18;

    private readonly LabNetwork _lab = LabNetwork.Create();
    private readonly Gateway _gateway;

    public ProxyTests()
    {
        _gateway = _lab.AddGateway("gw");
        _gateway.AddLan("10.1.0");
        _lab.Etcd.Put(
            ("/global/mesh_type", "tinc"), (Node + "lan", "10.1.0.0/24"), (Node + "clash/enable", "true"), (Node + "clash/mode", "tproxy"),
            (Node + "mosdns/enable", "true"));
        ProxyDoubles.Start(_gateway);
    }

    public void Dispose() => _lab.Dispose();

    private bool IsProxying() => _gateway.Network.Run("nft", "list", "ruleset").Output.Contains("CLASH_TPROXY", StringComparison.Ordinal);

    private void Go() => ProxyDoubles.Go(_gateway.Init);

    [Fact]
    public void Nothing_is_proxied_before_the_API_answers_nor_while_it_does_not()
    {
        _lab.Etcd.Commit("first");
        _gateway.UntilState("mihomo", "starting", "the agent's word");
        Assert.False(IsProxying());

        Go();
        _gateway.UntilState("mihomo", "ready");
        _gateway.Init.WaitUntil(IsProxying, "packets go to the proxy");
        _gateway.WaitUntilUp(TimeSpan.FromSeconds(60));

        // It hangs: it has its ports, and the kernel takes connections for it.
        var pid = _gateway.Signal("mihomo", SigStop);
        _gateway.UntilState("mihomo", "unhealthy", Answer);
        _gateway.Init.WaitUntil(() => !IsProxying(), "packets go their own way");
        Assert.Equal(3, _gateway.Init.Meduza("status", "--quiet").ExitCode);

        Assert.Equal(pid, _gateway.Signal("mihomo", SigContinue));
        _gateway.UntilState("mihomo", "ready");
        _gateway.Init.WaitUntil(IsProxying, "packets go to the proxy again");
        Assert.Equal(0, (int)_gateway.Service("mihomo")["restarts"]!);
    }

    [Fact]
    public void MosDNS_waits_for_a_proxy_that_answers_holds_nobody_up_and_stays_when_the_proxy_is_killed()
    {
        _lab.Etcd.Commit("first");
        _gateway.UntilState("mosdns", "waiting", "mihomo (starting)");
        _gateway.UntilState("dnsmasq", "ready");

        Go();
        var pid = (int)_gateway.UntilState("mosdns", "ready")["pid"]!;
        var killed = _gateway.Signal("mihomo", 9);
        _gateway.Init.WaitUntil(() => (int)_gateway.UntilState("mihomo", "ready")["pid"]! != killed, "another mihomo");

        _gateway.WaitUntilUp(TimeSpan.FromSeconds(60));
        Assert.Equal(pid, (int)_gateway.Service("mosdns")["pid"]!);
    }
}
