using System.Net;
using System.Net.Sockets;
using Meduza.Lab.Demo;
using Meduza.Lab.Harness;
using Meduza.Vm.Harness;

namespace Meduza.Vm.Bundle;

/// <summary>The bundle of <c>./build.sh vm</c> as a machine of 128 MiB: nothing but its network and its console is known of it.</summary>
public sealed class BundleTests
{
    private const int Probe = 8080;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Fact]
    public void A_machine_is_what_its_keys_say_and_is_so_again_without_etcd()
    {
        using var network = new BundleNetwork(LabNetwork.Create());
        var lab = network.Lab;
        var folder = $"{lab.Folder.Path}/data-content";
        Directory.CreateDirectory(folder);
        var data = new DiskImage($"{lab.Folder.Path}/data", folder, DataLabel);
        lab.Etcd.Put(Keys());
        lab.Etcd.Commit("first");

        using (var machine = BundleMachine.Start(network, network.Words, data.Path))
        {
            // "degraded" may come first: that is what it was when daemons of a slow machine were not ready in time.
            lab.Events.WaitForCommit(BundleNetwork.Node, "first", "applied", Limit);
            foreach (var status in (string[])["wireguard/a", "wireguard/b", "openvpn/a", "openvpn/b", "tinc", "dnsmasq", "frr"])
                lab.Events.WaitFor($"/updated/{BundleNetwork.Node}/{status}/status", e => e.Value?.StartsWith("up ", StringComparison.Ordinal) == true, Limit);
            Until(() => IsWhole(network), machine);
            // From the core through both cards to the host, and back.
            network.PingHost(Limit);
            Assert.Equal(["10.1.0.2"], network.Host.Resolve("host.office", BundleNetwork.LanAddress));
            // Without wireguard-go: the kernel's own.
            Assert.DoesNotContain("wireguard-go", machine.Console, StringComparison.Ordinal);
            Assert.DoesNotContain(machine.Console.Split('\n'), line => line.Contains("meduza-init: warning", StringComparison.Ordinal) || line.Contains("meduza-init: error", StringComparison.Ordinal));
            machine.Monitor("sendkey ctrl-alt-delete");
            machine.WaitForEnd();
            Ended(machine);
        }
        Assert.True(data.IsClean);

        // On the disk is what it was: it is that again, with nobody to ask, less of a kernel, and words that make no sense.
        lab.Etcd.Stop();
        using (var machine = BundleMachine.Start(network, $"{network.Words} meduza.address=eth9:198.51.100.1/24 meduza.gateway=banana module_blacklist=wireguard,nf_tables", data.Path))
        {
            machine.WaitFor("kernel parameter meduza.gateway=banana is left out: it must be an address");
            machine.WaitFor("there is no device eth9 yet; there is eth0, eth1");
            machine.WaitFor("module wireguard is not loaded");
            machine.WaitFor("module nf_tables is not loaded");
            network.PingHost(Limit);
            Until(() => network.Host.Resolve("host.office", BundleNetwork.LanAddress) is ["10.1.0.2"], machine);
            machine.WaitFor("wireguard-a: ");
        }
    }

    /// <summary>What PID 1 looks for by itself.</summary>
    private const string DataLabel = "meduza-data";

    private static void Ended(BundleMachine machine)
    {
        Assert.Contains("meduza-init: stopped", machine.Console, StringComparison.Ordinal);
        Assert.DoesNotContain("warning: unmount", machine.Console, StringComparison.Ordinal);
        Assert.DoesNotContain("Kernel panic", machine.Console, StringComparison.Ordinal);
        Assert.DoesNotContain("Out of memory", machine.Console, StringComparison.Ordinal);
    }

    /// <summary>The probe's port takes connections while the last commit is applied and all that is enabled is up.</summary>
    private static bool IsWhole(BundleNetwork network)
    {
        using var socket = network.Lab.Core.Open(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(BundleNetwork.Underlay), Probe), patience.Token).AsTask().GetAwaiter().GetResult();
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    private static void Until(Func<bool> condition, BundleMachine machine)
    {
        for (var end = Environment.TickCount64 + (long)Limit.TotalMilliseconds; !condition(); Thread.Sleep(300))
            Assert.True(Environment.TickCount64 < end, $"it did not come to be\n{machine.Console}");
    }

    private static IReadOnlyList<(string Key, string Value)> Keys()
    {
        const string Node = BundleNetwork.Node;
        var secret = DemoKeys.OpenVpnStaticKey();
        var (a, b) = (WireGuardKeys.New(), WireGuardKeys.New());
        return
        [
            .. DemoKeys.Global(),
            .. DemoKeys.Node(Node, BundleNetwork.Lan, "10.255.0.1"),
            .. DemoKeys.Tinc(Node, BundleNetwork.Underlay, "10.255.0.1/24"),
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
