using Meduza.Lab.Harness;

namespace Meduza.Lab.Commits;

public class UnchangedCommitTests
{
    [Fact]
    public void A_commit_of_the_same_keys_touches_no_file_no_process_and_no_device()
    {
        using var solo = SoloGateway.Start();
        solo.Apply("settled");
        var daemons = solo.Gateway.Daemons();
        var agent = solo.Gateway.Agent();
        using var monitor = new NetlinkMonitor(solo.Gateway.Network);
        var touches = new FileTouches(solo.Init);

        var outcome = solo.Apply("same again");

        Assert.Empty(outcome.Changed);
        Assert.Empty(touches.Paths());
        Assert.Empty(monitor.Lines());
        Assert.Equal(daemons, solo.Gateway.Daemons());
        Assert.Equal(agent?.HostPid, solo.Gateway.Agent()?.HostPid);
    }

    [Fact]
    public void A_commit_of_the_same_keys_asks_the_kernel_for_no_change()
    {
        using var solo = SoloGateway.Start();
        solo.Apply("settled");
        using var trace = new SystemCallTrace(
            solo.Lab.Folder, solo.Gateway.Network, solo.Init.HostPid, solo.Gateway.Agent()!.HostPid);

        solo.Apply("same again");

        var calls = trace.Stop();
        Assert.NotEmpty(calls);
        Assert.Empty(SystemCallTrace.FileWrites(calls));
        Assert.Empty(SystemCallTrace.NetlinkChanges(calls));
        Assert.Empty(SystemCallTrace.Executions(calls));
    }

    [Fact]
    public void A_changed_value_is_seen_by_the_trace_that_sees_nothing_of_an_unchanged_one()
    {
        using var solo = SoloGateway.Start();
        using var trace = new SystemCallTrace(
            solo.Lab.Folder, solo.Gateway.Network, solo.Init.HostPid, solo.Gateway.Agent()!.HostPid);

        solo.Apply(
            "much", ($"/nodes/{SoloGateway.Node}/tinc/ipv4", "10.255.0.9/24"),
            ($"/nodes/{SoloGateway.Node}/openvpn/{SoloGateway.OpenVpnName}/keepalive", "1 60"));

        var calls = trace.Stop();
        Assert.NotEmpty(SystemCallTrace.FileWrites(calls));
        Assert.NotEmpty(SystemCallTrace.NetlinkChanges(calls));
        Assert.NotEmpty(SystemCallTrace.Executions(calls));
    }

    [Fact]
    public void One_changed_value_touches_only_its_own_part()
    {
        using var solo = SoloGateway.Start();
        var daemons = solo.Gateway.Daemons();
        var touches = new FileTouches(solo.Init);

        var outcome = solo.Apply("another filter", ("/global/bgp/filter/in", "deny 172.16.0.0/12 le 32"));

        Assert.Equal(["frr"], outcome.Changed);
        Assert.Equal(daemons, solo.Gateway.Daemons());
        // In /run the candidate lay while vtysh looked at it.
        Assert.All(touches.Paths().Where(path => path != "/run"), path => Assert.Contains("frr", path, StringComparison.Ordinal));
        Assert.Contains("172.16.0.0/12", solo.Init.Run("vtysh", "-c", "show running-config").Output, StringComparison.Ordinal);
    }
}
