using Meduza.Lab.Demo;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Security;

/// <summary>
/// The demo's network with each daemon as its own user on one gateway, and on the others as this machine has them: all works,
/// and none holds more than the table says. (wireguard-go: see <see cref="Links.WireGuardTests"/>.)
/// </summary>
public sealed class DaemonTests
{
    [Fact]
    public void Daemons_work_with_what_the_table_gives_them_and_hold_no_more()
    {
        using var network = DemoNetwork.Create();
        network.A.Start();
        network.B.Start(prepare: ServiceUsers.Prepare);
        network.C.Start(prepare: ServiceUsers.Prepare);
        network.Lab.Etcd.Put(network.Keys());
        network.Lab.Etcd.Commit("first");
        foreach (var gateway in network.Lab.Gateways)
            network.Lab.Events.WaitForCommit(gateway.Name, "first", "applied", TimeSpan.FromSeconds(120));

        // Tinc, OSPF, OpenVPN and BGP carry this.
        network.HostA.PingUntilAnswered(network.HostC.Address, TimeSpan.FromSeconds(120));
        foreach (var gateway in network.Lab.Gateways)
            gateway.WaitUntilUp(TimeSpan.FromSeconds(60));
        Assert.Equal([network.HostC.Address], network.HostB.Resolve("host-c.demo", "10.2.0.1"));

        var seen = network.Lab.Gateways.SelectMany(HeldPrivileges.AreThoseOfTheTable).ToHashSet();
        Assert.Superset(new HashSet<string> { "zebra", "staticd", "ospfd", "bgpd", "tincd", "openvpn", "dnsmasq" }, seen);
        // A reload is read with what is held, too: dnsmasq's hosts, tinc's peers.
        network.Lab.Etcd.Put(("/dns/hosts/later.demo", "10.2.0.99"));
        var before = network.B.Daemons();
        Assert.Equal("applied", network.Lab.Commit("second", network.B, timeout: TimeSpan.FromSeconds(60)).Result);
        network.B.Init.WaitUntil(
            () => network.HostB.Resolve("later.demo", "10.2.0.1") is ["10.2.0.99"], "the new name is known");
        Assert.Equal(before, network.B.Daemons());
    }

    [Fact]
    public void A_machine_without_FRR_s_user_says_so()
    {
        using var lab = LabNetwork.Create();
        var gateway = lab.AddGateway("gw-a");
        gateway.AddLan("10.1.0");
        lab.Etcd.Put([.. DemoKeys.Global(), .. DemoKeys.Node("gw-a", "10.1.0.0/24", "10.255.0.1"), .. DemoKeys.Bgp("gw-a", 65001)]);
        gateway.Start(prepare: "sed -i /^frr:/d /etc/passwd");

        var outcome = lab.Commit("first", gateway, timeout: TimeSpan.FromSeconds(60));

        Assert.Contains("user \"frr\", which does not exist: install the program's package, or add the user", outcome.ToString(), StringComparison.Ordinal);
        Assert.Contains("frr", outcome.ToString(), StringComparison.Ordinal);
    }
}
