using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Lab.Commits;

public class AgentKillTests
{
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
}
