using System.Net;
using System.Net.Sockets;
using Meduza.Lab.Demo;
using Meduza.Lab.Harness;

namespace Meduza.Vm.Bundle;

/// <summary>
/// A machine's place in a lab: two cards, whose other ends are in the lab's core. The first one is on the underlay, where etcd
/// is; behind the second one is a host, which the core reaches through the machine alone.
/// </summary>
public sealed class BundleNetwork : IDisposable
{
    public const string Node = "vm", Underlay = "192.0.2.11", Lan = "10.1.0.0/24", LanAddress = "10.1.0.1";

    private const int Probe = 8080;

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

    /// <summary>The probe's port takes connections while the last commit is applied and all that is enabled is up.</summary>
    public bool IsWhole()
    {
        using var socket = Lab.Core.Open(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(Underlay), Probe), patience.Token).AsTask().GetAwaiter().GetResult();
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => Lab.Dispose();

    /// <summary>The keys of the machine, <c>/commit</c> aside: one of each of what a gateway has, and all of it within the machine or of those around it.</summary>
    public static IReadOnlyList<(string Key, string Value)> Keys()
    {
        var secret = DemoKeys.OpenVpnStaticKey();
        var (a, b) = (WireGuardKeys.New(), WireGuardKeys.New());
        return
        [
            .. DemoKeys.Global(),
            .. DemoKeys.Node(Node, Lan, "10.255.0.1"),
            .. DemoKeys.Tinc(Node, Underlay, "10.255.0.1/24"),
            .. DemoKeys.Bgp(Node, 65001),
            // Two ends of one tunnel each, over the machine's own loopback device.
            .. DemoKeys.OpenVpn(Node, "a", "127.0.0.1 1195", "10.254.0.1", "10.254.0.2", 65003, secret, 1194),
            .. DemoKeys.OpenVpn(Node, "b", "127.0.0.1 1194", "10.254.0.2", "10.254.0.1", 65003, secret, 1195),
            ($"/nodes/{Node}/openvpn/a/bgp/enable", "false"), ($"/nodes/{Node}/openvpn/b/bgp/enable", "false"),
            .. WireGuard("a", 51820, a.Private, b.Public, 51821), .. WireGuard("b", 51821, b.Private, a.Public, 51820),
            ($"/nodes/{Node}/healthy/enable", "true"), ($"/nodes/{Node}/healthy/port", $"{Probe}"),
            ("/dns/hosts/host.office", "10.1.0.2"),
        ];

        static IReadOnlyList<(string, string)> WireGuard(string name, int port, string secret, string peer, int peerPort)
        {
            var prefix = $"/nodes/{Node}/wireguard/{name}";
            return
            [
                ($"{prefix}/enable", "true"), ($"{prefix}/private_key", secret), ($"{prefix}/listen_port", $"{port}"), ($"{prefix}/address", name == "a" ? "10.9.0.1/24" : "10.9.1.1/24"),
                ($"{prefix}/peer/other/public_key", peer), ($"{prefix}/peer/other/endpoint", $"127.0.0.1:{peerPort}"), ($"{prefix}/peer/other/allowed_ips", "10.9.0.0/16"),
                ($"{prefix}/peer/other/persistent_keepalive", "1"),
            ];
        }
    }
}
