using Meduza.Vm.Harness;

namespace Meduza.Vm;

/// <summary>The shipped binary on a kernel that has WireGuard, from keys in an etcd to devices; see <c>Guest/Gateway</c>.</summary>
public class GatewayWireGuardTests(GatewayRun run) : IClassFixture<GatewayRun>
{
    [Theory]
    [InlineData("etcd serves")]
    [InlineData("device is what its keys say")]
    [InlineData("handshake makes it up")]
    [InlineData("changed peer disturbs no other")]
    [InlineData("next agent finds its devices")]
    [InlineData("somebody else's device is left alone")]
    [InlineData("removed instance takes its device along")]
    public void Scenario_holds(string name) => run.Machine.RequireOk(name);

    [Fact]
    public void Machine_ran_every_scenario_to_its_end()
    {
        run.Machine.RequireAllOk(7);
        Assert.DoesNotContain("Kernel panic", run.Machine.Console, StringComparison.Ordinal);
    }
}
