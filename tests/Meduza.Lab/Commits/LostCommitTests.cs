using Meduza.Lab.Harness;
using Meduza.Linux.Process;

namespace Meduza.Lab.Commits;

public class LostCommitTests
{
    [Fact]
    public void Commit_that_arrives_during_an_apply_is_not_lost()
    {
        using var solo = SoloGateway.Start();
        // An OpenVPN that cannot react to SIGTERM makes the apply that removes it last.
        var openVpn = solo.Gateway.Daemons().Single(p => p.Name == "openvpn");
        Signals.Send(openVpn.HostPid, 19);
        solo.Etcd.Put($"/nodes/{SoloGateway.Node}/openvpn/{SoloGateway.OpenVpnName}/enable", "false");
        var slow = solo.Etcd.Commit("slow");
        solo.Init.WaitUntil(() => StoppingOf(solo, "openvpn"), "the apply of the removal is under way");

        solo.Etcd.Put("/global/bgp/filter/in", "deny 172.16.0.0/12 le 32");
        var late = solo.Etcd.Commit("late");
        Assert.True(late > slow);
        Assert.DoesNotContain(solo.Lab.Events.Seen, e => e.Key == $"/updated/{SoloGateway.Node}/commit" && e.Revision > slow);
        Signals.Send(openVpn.HostPid, 18);

        var outcome = solo.Lab.Events.WaitForCommit(SoloGateway.Node, "late");
        Assert.Equal("applied", outcome.Result);
        Assert.Contains("172.16.0.0/12", solo.Init.Run("vtysh", "-c", "show running-config").Output, StringComparison.Ordinal);
        Assert.DoesNotContain(solo.Gateway.Daemons(), p => p.Name == "openvpn");
    }

    [Fact]
    public void The_last_of_many_quick_commits_is_the_one_that_stands()
    {
        using var solo = SoloGateway.Start();
        for (var n = 1; n <= 20; n++)
        {
            solo.Etcd.Put("/global/bgp/filter/out", $"deny 10.77.{n}.0/24\npermit 0.0.0.0/0 le 32");
            solo.Etcd.Commit($"quick {n}");
        }
        Assert.Equal("applied", solo.Lab.Events.WaitForCommit(SoloGateway.Node, "quick 20").Result);
        var running = solo.Init.Run("vtysh", "-c", "show running-config").Output;
        Assert.Contains("10.77.20.0/24", running, StringComparison.Ordinal);
        Assert.DoesNotContain("10.77.19.0/24", running, StringComparison.Ordinal);
    }

    /// <summary>A SIGTERM waits for the stopped process.</summary>
    private static bool StoppingOf(SoloGateway solo, string name) =>
        solo.Init.Processes().Where(p => p.Name == name).Any(p =>
            File.ReadLines($"/proc/{p.HostPid}/status")
                .Where(l => l.StartsWith("ShdPnd:", StringComparison.Ordinal))
                .Any(l => (Convert.ToUInt64(l[7..].Trim(), 16) & Signals.Bit(15)) != 0));
}
