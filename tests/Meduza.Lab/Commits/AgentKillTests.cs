using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Lab.Commits;

public class AgentKillTests
{
    private const string Own = $"/nodes/{SoloGateway.Node}/";

    [Fact]
    public void Agent_killed_twenty_times_during_commits_restarts_no_daemon()
    {
        using var solo = SoloGateway.Start();
        var daemons = solo.Gateway.Daemons();
        for (var kill = 1; kill <= 20; kill++)
        {
            var agent = solo.Init.WaitFor(solo.Gateway.Agent, "the agent is back");
            // A process that ran longer than 10 s starts again at once; without that the pauses would grow to minutes.
            if (kill % 4 == 0)
                Thread.Sleep(10_500);
            solo.Etcd.Put(
                ("/global/bgp/filter/in", $"deny 10.77.{kill}.0/24\npermit 0.0.0.0/0 le 32"), ("/dns/hosts/kill.test", $"10.1.1.{kill}"));
            solo.Etcd.Commit($"kill {kill}");
            // Each time at another moment of the commit: not yet read, planned, half applied, reported.
            Thread.Sleep(kill * 3);
            Assert.True(Signals.Send(agent.HostPid, 9));
            solo.Init.WaitUntil(() => solo.Gateway.Agent()?.HostPid != agent.HostPid, "the killed agent is gone");
        }

        var outcome = solo.Lab.Events.WaitForCommit(SoloGateway.Node, "kill 20", timeout: TimeSpan.FromSeconds(60));
        Assert.Equal("applied", outcome.Result);
        Assert.Equal(daemons, solo.Gateway.Daemons());
        Assert.Contains("10.77.20.0/24", solo.Init.Run("vtysh", "-c", "show running-config").Output, StringComparison.Ordinal);
        Assert.DoesNotContain("10.77.19.0/24", solo.Init.Run("vtysh", "-c", "show running-config").Output, StringComparison.Ordinal);
        Assert.Contains("10.1.1.20\tkill.test", File.ReadAllText($"{solo.Init.Root}/etc/etcd_hosts"), StringComparison.Ordinal);
        Assert.Empty(solo.Apply("nothing is left to do").Changed);
        Assert.DoesNotContain(solo.Init.Processes(), p => p.State == 'Z');
    }

    [Fact]
    public void Agent_killed_at_any_moment_of_any_change_leaves_nothing_behind()
    {
        using var solo = SoloGateway.Start();
        var random = new Random(4711);
        var (mine, peer) = (WireGuardKeys.New().Private, WireGuardKeys.New().Public);
        solo.Etcd.Put(
            ($"{Own}wireguard/wire/private_key", mine), ($"{Own}wireguard/wire/peer/other/public_key", peer), ($"{Own}wireguard/wire/enable", "false"));
        // As one that was killed at the worst moment leaves it.
        solo.Init.Run("sh", "-c", "for f in /etc/.etcd_hosts /data/meduza/snapshots/.in-force; do echo half > $f.0123456789abcdef0123456789abcdef.new; done");
        // A device, its peers and addresses, a service, rules for packets, files, routes: each comes, changes and goes.
        Action[] changes =
        [
            () => solo.Etcd.Put($"{Own}wireguard/wire/enable", Any("true", "true", "false")),
            () => solo.Etcd.Put($"{Own}wireguard/wire/address", $"10.9.{random.Next(4)}.1/24"),
            () => solo.Etcd.Put($"{Own}wireguard/wire/dev", Any("wg-one", "wg-two")),
            () => solo.Etcd.Put($"{Own}wireguard/wire/peer/other/allowed_ips", $"10.8.{random.Next(4)}.0/24"),
            () => solo.Etcd.Put($"{Own}tinc/ipv4", $"10.255.0.{1 + random.Next(4)}/24"),
            () => solo.Etcd.Put($"{Own}openvpn/{SoloGateway.OpenVpnName}/enable", Any("true", "false")),
            () => solo.Etcd.Put($"{Own}openvpn/{SoloGateway.OpenVpnName}/keepalive", $"{5 + random.Next(4)} 60"),
            () => solo.Etcd.Put($"{Own}portforward", Any("", "8080:10.1.0.2:80", "8081:10.1.0.2:81")),
            () => PutOrDelete($"{Own}network_mapping/10.1.0.0/24", Any("", "10.77.0.0/24", "10.78.0.0/24")),
            () => solo.Etcd.Put($"{Own}lan", Any("10.1.0.0/24", "10.1.0.0/24\n10.2.0.0/24")),
            () => solo.Etcd.Put("/global/bgp/filter/in", $"deny 10.66.{random.Next(4)}.0/24\npermit 0.0.0.0/0 le 32"),
            () => solo.Etcd.Put("/dns/hosts/kill.test", $"10.1.1.{random.Next(4)}"),
            () => solo.Etcd.Put($"{Own}dnsmasq/enable", Any("true", "false")),
        ];
        for (var kill = 1; kill <= 25; kill++)
        {
            var agent = solo.Init.WaitFor(solo.Gateway.Agent, "the agent is back");
            foreach (var _ in Enumerable.Range(0, 3))
                changes[random.Next(changes.Length)]();
            solo.Etcd.Commit($"kill {kill}");
            Thread.Sleep(random.Next(300));
            Assert.True(Signals.Send(agent.HostPid, 9));
            solo.Init.WaitUntil(() => solo.Gateway.Agent()?.HostPid != agent.HostPid, "the killed agent is gone");
            // At once, instead of after a pause that grows with each kill.
            Assert.Equal(0, solo.Init.Meduza("restart", "agent").ExitCode);
        }

        solo.Lab.Events.WaitForCommit(SoloGateway.Node, "kill 25", "applied", TimeSpan.FromSeconds(90));
        Assert.Empty(solo.Apply("nothing is left to do").Changed);
        Assert.Contains("a commit would change nothing here\n", solo.Init.Meduza("plan").Output, StringComparison.Ordinal);

        // And all of it goes when its keys do.
        solo.Etcd.Put(($"{Own}wireguard/wire/enable", "false"), ($"{Own}portforward", ""));
        solo.Etcd.Delete($"{Own}network_mapping/10.1.0.0/24");
        solo.Apply("without");
        Assert.Empty(solo.Apply("nothing is left to do again").Changed);
        Assert.DoesNotContain("wg-", solo.Gateway.Network.Run("ip", "-o", "link").Output, StringComparison.Ordinal);
        Assert.DoesNotContain("MEDUZA", solo.Gateway.Network.Run("nft", "list", "ruleset").Output, StringComparison.Ordinal);
        Assert.DoesNotContain(solo.Gateway.Daemons(), daemon => daemon.CommandLine.Contains("wireguard", StringComparison.Ordinal));
        Assert.DoesNotContain(solo.Init.Processes(), p => p.State == 'Z');
        // Files that a killed agent was just writing: secrets are among them.
        Assert.Equal("", solo.Init.Run("find", "/etc", "/run", "/data", "/var", "-name", ".*.new").Output);

        string Any(params string[] values) => values[random.Next(values.Length)];

        void PutOrDelete(string key, string value)
        {
            if (value.Length > 0)
                solo.Etcd.Put(key, value);
            else
                solo.Etcd.Delete(key);
        }
    }
}
