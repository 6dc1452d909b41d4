using Meduza.Lab.Harness;

namespace Meduza.Lab.Routing;

/// <summary>What somebody tells FRR's daemons behind the agent's back.</summary>
public class FrrDriftTests
{
    [Fact]
    public void Is_taken_back_by_a_full_reconcile_and_what_is_right_is_left_alone()
    {
        using var solo = SoloGateway.Start();
        var daemons = solo.Gateway.Daemons();
        string Running() => solo.Init.Run("vtysh", "-c", "show running-config").Output;
        var running = Running();
        Must.Run(solo.Init.Inside(
            "vtysh", "-c", "configure terminal",
            "-c", "ip prefix-list MEDUZA-FILTER-IN seq 1 permit 0.0.0.0/0",
            "-c", "router bgp 65001", "-c", "neighbor 10.254.0.2 description hand-made", "-c", "neighbor 10.9.9.9 remote-as 7", "-c", "exit",
            "-c", "interface tnc0", "-c", "ip ospf cost 77", "-c", "exit",
            "-c", "router ospf", "-c", "no redistribute connected", "-c", "exit",
            "-c", "ip route 203.0.113.0/24 blackhole"));
        Assert.NotEqual(running, Running());

        Assert.Equal(0, solo.Init.Meduza("reconcile").ExitCode);

        Assert.Equal(running, Running());
        Assert.Equal(daemons, solo.Gateway.Daemons());
        var told = solo.Init.Output.Split('\n').Where(line => line.Contains("lines of configuration", StringComparison.Ordinal)).ToList();
        Assert.Equal(0, solo.Init.Meduza("reconcile").ExitCode);
        Assert.Equal(told, solo.Init.Output.Split('\n').Where(line => line.Contains("lines of configuration", StringComparison.Ordinal)));
    }
}
