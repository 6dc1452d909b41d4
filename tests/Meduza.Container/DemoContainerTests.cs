using Meduza.Container.Harness;
using Meduza.Lab.Demo;
using Meduza.Lab.Harness;

namespace Meduza.Container;

/// <summary>The demo's network, each gateway a container of the image, and their etcd behind TLS.</summary>
public class DemoContainerTests
{
    [Fact]
    public void All_components_are_up_and_a_network_behind_one_gateway_reaches_that_behind_another()
    {
        using var network = DemoNetwork.Create(new EtcdOptions { Tls = true });
        var lab = network.Lab;
        List<RunningContainer> containers = [.. lab.Gateways.Select(gateway => lab.Own(RunningContainer.Start(lab.Folder, Setup(lab, gateway))))];
        lab.Etcd.Put(network.Keys());
        lab.Etcd.Commit("first");
        foreach (var gateway in lab.Gateways)
        {
            var outcome = lab.Events.WaitForCommit(gateway.Name, "first", timeout: TimeSpan.FromSeconds(90));
            Assert.True(outcome.Result == "applied", $"{gateway.Name}: {outcome}\n{containers.Single(c => c.Name.EndsWith(gateway.Name, StringComparison.Ordinal)).Output}");
        }
        foreach (var container in containers)
            container.WaitUntilHealthy(TimeSpan.FromSeconds(90));

        // BGP over OpenVPN between two of them; the third is in Tinc's overlay with one of these.
        network.HostB.PingUntilAnswered(network.HostC.Address, TimeSpan.FromSeconds(90));
        Assert.Equal(0, network.A.Ping("10.255.0.2").ExitCode);
        Assert.Equal(["10.3.0.2"], network.HostB.Resolve("host-c.demo", "10.2.0.1"));

        foreach (var container in containers)
        {
            Assert.DoesNotContain(container.Output.Split('\n'), line => line.StartsWith("meduza-init: warning", StringComparison.Ordinal));
            Assert.Equal(0, container.Stop().ShellCode);
        }
    }

    private static ContainerSetup Setup(LabNetwork lab, Lab.Harness.Gateway gateway) => new()
    {
        Name = gateway.Name,
        Network = gateway.Network,
        // One of the three has a root that cannot be written.
        IsReadOnly = gateway.Name == "gw-c",
        DataSize = "4m",
        Environment =
        [
            $"NODE_ID={gateway.Name}", $"ETCD_ENDPOINTS={lab.Etcd.Endpoint}",
            "ETCD_CA=/etc/etcd/ca.pem", "ETCD_CERT=/etc/etcd/client.pem", "ETCD_KEY=/etc/etcd/client.key",
        ],
        Binds = [(Path.GetDirectoryName(lab.Etcd.Certificates!.Authority)!, "/etc/etcd")],
    };
}
