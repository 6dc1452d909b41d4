using Meduza.Vm.Harness;

namespace Meduza.Vm;

/// <summary>
/// Our netlink against a kernel that has WireGuard. The scenarios run in one machine that is started once; here each is
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
    [InlineData("peer of more addresses than a message")]
    [InlineData("wg agrees")]
    [InlineData("addresses move between peers")]
    [InlineData("device itself as its peer")]
    [InlineData("link kinds")]
    public void Scenario_holds(string name) => Assert.True(
        run.Ok.Contains(name), run.Failed.FirstOrDefault(f => f.StartsWith(name, StringComparison.Ordinal)) ?? $"{name} was not run\n{run}");

    [Fact]
    public void Machine_ran_every_scenario_to_its_end()
    {
        Assert.True(run.Ended, run.ToString());
        Assert.Empty(run.Failed);
        Assert.Equal(10, run.Ok.Count());
        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
    }
}
