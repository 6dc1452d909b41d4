using Meduza.Lab.Harness;

namespace Meduza.Lab.Store;

public class EtcdOutageTests
{
    [Fact]
    public void Etcd_stopped_and_started_again_touches_no_daemon_and_the_next_commit_applies()
    {
        using var solo = SoloGateway.Start();
        var daemons = solo.Gateway.Daemons();
        solo.Etcd.Stop();
        solo.Init.WaitUntil(() => !Connected(solo), "status says that etcd is away");
        Assert.Equal(daemons, solo.Gateway.Daemons());

        solo.Etcd.Start();
        solo.Apply("after the outage", ("/global/bgp/filter/in", "deny 172.16.0.0/12 le 32"));
        Assert.Equal(daemons, solo.Gateway.Daemons());
        solo.Init.WaitUntil(() => Connected(solo), "status says that etcd is back");
    }

    [Fact]
    public void Commit_written_while_etcd_was_out_of_reach_is_applied_when_it_is_back()
    {
        using var solo = SoloGateway.Start();
        solo.Lab.Core.Ip("link set gw down");
        solo.Etcd.Put("/global/bgp/filter/in", "deny 172.16.0.0/12 le 32");
        solo.Etcd.Put("/dns/hosts/away.test", "10.1.0.5");
        solo.Etcd.Commit("unseen");
        solo.Lab.Core.Ip("link set gw up");
        Assert.Equal("applied", solo.Lab.Events.WaitForCommit(SoloGateway.Node, "unseen", timeout: TimeSpan.FromSeconds(60)).Result);
        Assert.Contains("away.test", File.ReadAllText($"{solo.Init.Root}/etc/etcd_hosts"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_etcd_that_goes_silent_is_noticed_and_found_again()
    {
        using var solo = SoloGateway.Start();
        solo.Etcd.Freeze();
        solo.Init.WaitUntil(() => !Connected(solo), "status says that etcd is away");
        solo.Etcd.Thaw();
        solo.Apply("after the silence", ("/global/bgp/filter/in", "deny 172.16.0.0/12 le 32"));
    }

    [Fact]
    public void Online_is_there_while_the_gateway_is_and_gone_with_it()
    {
        using var solo = SoloGateway.Start(["UPDATE_TTL_SECONDS=5"]);
        Assert.Equal("1", solo.Etcd.Get($"/updated/{SoloGateway.Node}/online"));
        Assert.Equal(0, solo.Init.Stop().ShellCode);
        solo.Lab.Events.WaitFor($"/updated/{SoloGateway.Node}/online", e => e.Value is null);
    }

    [Fact]
    public void A_compacted_history_costs_no_commit()
    {
        using var solo = SoloGateway.Start();
        solo.Lab.Core.Ip("link set gw down");
        solo.Etcd.Put("/global/bgp/filter/in", "deny 172.16.0.0/12 le 32");
        var revision = solo.Etcd.Commit("compacted away");
        solo.Etcd.Ctl(["compact", $"{revision}"]);
        solo.Lab.Core.Ip("link set gw up");
        Assert.Equal("applied", solo.Lab.Events.WaitForCommit(SoloGateway.Node, "compacted away", timeout: TimeSpan.FromSeconds(60)).Result);
        Assert.Contains("172.16.0.0/12", solo.Init.Run("vtysh", "-c", "show running-config").Output, StringComparison.Ordinal);
    }

    private static bool Connected(SoloGateway solo) =>
        solo.Init.Meduza("status", "--json").Output.Replace(" ", "", StringComparison.Ordinal).Contains("\"connected\":true", StringComparison.Ordinal);
}
