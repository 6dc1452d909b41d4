using Meduza.Container.Harness;

namespace Meduza.Container;

/// <summary>The demo's network of containers, each with the memory of the smallest machine that Meduza is for.</summary>
public class DemoContainerTests
{
    private const long MemoryLimit = 128 << 20;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact]
    public void All_components_are_up_within_128_MiB_and_a_network_behind_one_gateway_reaches_that_behind_another()
    {
        using var demo = DemoContainers.Prepare(MemoryLimit);
        var network = demo.Network;
        foreach (var container in demo.All)
            container.Begin();
        demo.Commit("first");
        foreach (var gateway in network.Lab.Gateways)
        {
            var outcome = network.Lab.Events.WaitForCommit(gateway.Name, "first", timeout: Limit);
            Assert.True(outcome.Result == "applied", $"{gateway.Name}: {outcome}\n{demo[gateway.Name].Output}");
        }
        foreach (var container in demo.All)
            container.WaitUntilHealthy(Limit);

        // BGP over OpenVPN between two of them; the third is in Tinc's overlay with one of these.
        network.HostB.PingUntilAnswered(network.HostC.Address, Limit);
        Assert.Equal(0, network.A.Ping("10.255.0.2").ExitCode);
        Assert.Equal(["10.3.0.2"], network.HostB.Resolve("host-c.demo", "10.2.0.1"));

        foreach (var container in demo.All)
        {
            Assert.DoesNotContain(container.Output.Split('\n'), line => line.StartsWith("meduza-init: warning", StringComparison.Ordinal));
            // Where nothing can be written a daemon says so in its own words.
            Assert.DoesNotContain("Read-only file system", container.Output, StringComparison.Ordinal);
            // Where a machine has no memory controller to give, that of tests/Meduza.Vm, which has 128 MiB itself, stands for it.
            if (container.Memory is { } memory)
            {
                Assert.Equal(0, memory.Kills);
                Assert.InRange(memory.Most, memory.OfPrograms, MemoryLimit);
            }
            Assert.Equal(0, container.Stop().ShellCode);
        }
    }
}
