using Meduza.Lab.Demo;
using Meduza.Lab.Harness;

namespace Meduza.Container.Harness;

/// <summary>The demo's network, each gateway a container of the image, and their etcd behind TLS.</summary>
public sealed class DemoContainers : IDisposable
{
    private DemoContainers(DemoNetwork network, long? memoryLimit)
    {
        Network = network;
        All = [.. network.Lab.Gateways.Select(gateway => network.Lab.Own(RunningContainer.Prepare(network.Lab.Folder, Setup(network.Lab, gateway, memoryLimit))))];
    }

    public DemoNetwork Network { get; }

    /// <summary>Prepared, and not begun.</summary>
    public IReadOnlyList<RunningContainer> All { get; }

    public RunningContainer this[string gateway] => All.Single(container => container.GivenName == gateway);

    /// <summary>The network without a key in its etcd.</summary>
    /// <param name="memoryLimit">See <see cref="ContainerSetup.MemoryLimit"/>; each has it.</param>
    public static DemoContainers Prepare(long? memoryLimit = null)
    {
        var network = DemoNetwork.Create(new EtcdOptions { Tls = true });
        try
        {
            return new(network, memoryLimit);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Writes all keys, and the commit of them.</summary>
    public void Commit(string value)
    {
        Network.Lab.Etcd.Put(Network.Keys());
        Network.Lab.Etcd.Commit(value);
    }

    public void Dispose() => Network.Dispose();

    private static ContainerSetup Setup(LabNetwork lab, Lab.Harness.Gateway gateway, long? memoryLimit) => new()
    {
        Name = gateway.Name,
        Network = gateway.Network,
        // One of the three has a root that cannot be written.
        IsReadOnly = gateway.Name == "gw-c",
        InMemory = gateway.Name == "gw-c" ? ["/run", "/tmp"] : [],
        DataSize = "4m",
        MemoryLimit = memoryLimit,
        Environment =
        [
            $"NODE_ID={gateway.Name}", $"ETCD_ENDPOINTS={lab.Etcd.Endpoint}",
            "ETCD_CA=/etc/etcd/ca.pem", "ETCD_CERT=/etc/etcd/client.pem", "ETCD_KEY=/etc/etcd/client.key",
        ],
        Binds = [(Path.GetDirectoryName(lab.Etcd.Certificates!.Authority)!, "/etc/etcd")],
    };
}
