using Meduza.Vm.Harness;

namespace Meduza.Vm;

/// <summary>
/// Our netlink and our cgroups against a kernel that has WireGuard and all controllers. The scenarios run in one machine that is started once; here each is
/// asked for what came of it.
/// </summary>
public class KernelWireGuardTests(GuestRun run) : IClassFixture<GuestRun>
{
    [Theory]
    [InlineData("kernel modules load")]
    [InlineData("handshake and ping over IPv4")]
    [InlineData("handshake and ping over IPv6")]
    [InlineData("peer changed beside a ping flood")]
    [InlineData("thousand peers")]
    [InlineData("change of one among a thousand")]
    [InlineData("peer of more addresses than a message")]
    [InlineData("wg agrees")]
    [InlineData("addresses move between peers")]
    [InlineData("device itself as its peer")]
    [InlineData("link kinds")]
    [InlineData("cgroup with limits")]
    public void Scenario_holds(string name) => run.Machine.RequireOk(name);

    [Fact]
    public void Machine_ran_every_scenario_to_its_end()
    {
        run.Machine.RequireAllOk(12);
        TestContext.Current.TestOutputHelper?.WriteLine(run.Machine.ToString());
    }
}
