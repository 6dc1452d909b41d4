using Meduza.Lab.Harness;
using Meduza.Vm.Harness;

namespace Meduza.Vm.Bundle;

/// <summary>The bundle of <c>./build.sh vm</c> as a machine of 128 MiB: nothing but its network and its console is known of it.</summary>
public sealed class BundleTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Fact]
    public void A_machine_is_what_its_keys_say_and_is_so_again_without_etcd()
    {
        using var network = new BundleNetwork(LabNetwork.Create());
        var lab = network.Lab;
        var folder = $"{lab.Folder.Path}/data-content";
        Directory.CreateDirectory(folder);
        var data = new DiskImage($"{lab.Folder.Path}/data", folder, DataLabel);
        lab.Etcd.Put(BundleNetwork.Keys());
        lab.Etcd.Commit("first");

        using (var machine = BundleMachine.Start(network, network.Words, data.Path))
        {
            // "degraded" may come first: that is what it was when daemons of a slow machine were not ready in time.
            lab.Events.WaitForCommit(BundleNetwork.Node, "first", "applied", Limit);
            foreach (var status in (string[])["wireguard/a", "wireguard/b", "openvpn/a", "openvpn/b", "tinc", "dnsmasq", "frr"])
                lab.Events.WaitFor($"/updated/{BundleNetwork.Node}/{status}/status", e => e.Value?.StartsWith("up ", StringComparison.Ordinal) == true, Limit);
            Until(network.IsWhole, machine);
            // From the core through both cards to the host, and back.
            network.PingHost(Limit);
            Assert.Equal(["10.1.0.2"], network.Host.Resolve("host.office", BundleNetwork.LanAddress));
            // Without wireguard-go: the kernel's own.
            Assert.DoesNotContain("wireguard-", machine.Console, StringComparison.Ordinal);
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
            machine.WaitFor("agent: info: this kernel has no WireGuard: wireguard-go does it");
            machine.WaitFor("agent: warning: this kernel has no nf_tables, without which clash/mode tproxy");
            network.PingHost(Limit);
            Until(() => network.Host.Resolve("host.office", BundleNetwork.LanAddress) is ["10.1.0.2"], machine);
            machine.WaitFor("wireguard-a: ");
            machine.Monitor("system_powerdown");
            machine.WaitFor("meduza-init: stopping on the power button");
            machine.WaitForEnd();
            Ended(machine);
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

    private static void Until(Func<bool> condition, BundleMachine machine)
    {
        for (var end = Environment.TickCount64 + (long)Limit.TotalMilliseconds; !condition(); Thread.Sleep(300))
            Assert.True(Environment.TickCount64 < end, $"it did not come to be\n{machine.Console}");
    }
}
