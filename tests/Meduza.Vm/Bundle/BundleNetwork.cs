using Meduza.Lab.Harness;

namespace Meduza.Vm.Bundle;

/// <summary>
/// A machine's place in a lab: two cards, whose other ends are in the lab's core. The first one is on the underlay, where etcd
/// is; behind the second one is a host, which the core reaches through the machine alone.
/// </summary>
public sealed class BundleNetwork : IDisposable
{
    public const string Node = "vm", Underlay = "192.0.2.11", Lan = "10.1.0.0/24", LanAddress = "10.1.0.1";

    /// <summary>The core's ends of the cards.</summary>
    public static IReadOnlyList<string> Taps { get; } = ["vm0", "vm1"];

    public BundleNetwork(LabNetwork lab)
    {
        Lab = lab;
        var host = NetworkNamespace.Create($"{lab.Folder.Prefix}host");
        Host = lab.Own(new LanHost(host, "10.1.0.2"));
        lab.Core.Ip(
            "tuntap add vm0 mode tap",
            "link set vm0 master br0 up",
            "link add br1 type bridge",
            "link set br1 up",
            "tuntap add vm1 mode tap",
            "link set vm1 master br1 up",
            $"link add lan1 type veth peer name eth0 netns {host.Name}",
            "link set lan1 master br1 up",
            $"route add {Lan} via {Underlay}");
        host.Ip(
            $"address add {Host.Address}/24 dev eth0",
            "link set lo up",
            "link set eth0 up",
            $"route add default via {LanAddress}");
    }

    public LabNetwork Lab { get; }
    public LanHost Host { get; }

    /// <summary>What tells a kernel which machine it is.</summary>
    public string Words => $"meduza.NODE_ID={Node} meduza.ETCD_ENDPOINTS={Lab.Etcd.Endpoint} meduza.address=eth0:{Underlay}/24 meduza.address=eth1:{LanAddress}/24 meduza.gateway=192.0.2.1";

    /// <summary>Pings the host from the core until an answer comes: there and back it goes through the machine.</summary>
    public void PingHost(TimeSpan timeout)
    {
        for (var end = Environment.TickCount64 + (long)timeout.TotalMilliseconds; Lab.Core.Run("ping", "-n", "-c", "1", "-W", "1", Host.Address).ExitCode != 0;)
        {
            if (Environment.TickCount64 > end)
                throw new LabException($"{Host.Address} does not answer");
            Thread.Sleep(200);
        }
    }

    public void Dispose() => Lab.Dispose();
}
