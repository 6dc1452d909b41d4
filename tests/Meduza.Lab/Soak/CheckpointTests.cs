using Meduza.Lab.Harness;

namespace Meduza.Lab.Soak;

/// <summary>A soak is worth what it would notice.</summary>
public class CheckpointTests
{
    [Fact]
    public void Whatever_is_otherwise_is_found()
    {
        using var fleet = ModelFleet.Create();
        using var etcd = new EtcdJson(fleet.Lab);
        var keys = new SortedDictionary<string, string>(fleet.Keys.ToDictionary(), StringComparer.Ordinal);
        etcd.Write(keys.Select(pair => (pair.Key, pair.Value)));
        etcd.Commit("0");
        fleet.Start();
        var check = new Checkpoint(fleet, etcd, keys);
        check.Pass("0", new HashSet<Daemon>(), TimeSpan.FromSeconds(90));

        var gateway = fleet.Gateway("gw-a");
        gateway.Signal("dnsmasq", 9);
        var restarted = Assert.Throws<LabException>(() => check.Pass("0", new HashSet<Daemon>(), TimeSpan.FromSeconds(90))).Message;
        Assert.StartsWith("dnsmasq at gw-a is another process", restarted, StringComparison.Ordinal);

        var peer = keys["/nodes/gw-a/wireguard/wire/peer/gw-c/public_key"];
        // Its agent would mend some of it at once.
        gateway.Signal("agent", 19);
        foreach (var command in (string[])
            [
                "echo >> /etc/tinc/mesh/hosts/gwb", "rm /etc/dnsmasq.conf", "touch /etc/openvpn/generated/stray.conf", "chmod 644 /etc/tinc/mesh/rsa_key.priv",
                "ip address add 10.9.9.9/24 dev tnc0", "ip link set wg-wire mtu 1300", $"wg set wg-wire peer {peer} allowed-ips 10.8.0.0/16", "wg set wg-wire listen-port 7",
                "iptables -t nat -A PREROUTING -p tcp --dport 8 -j DNAT --to-destination 10.1.0.2:8",
                "vtysh -c 'configure terminal' -c 'ip prefix-list OTHER seq 5 permit any'", "vtysh -c 'configure terminal' -c 'no router ospf'",
                "touch /etc/tinc/mesh/hosts/gwa",
            ])
        {
            Must.Run(gateway.Init.Inside("sh", "-c", command));
        }

        var found = Assert.Throws<LabException>(() => check.Pass("0", new HashSet<Daemon>(), TimeSpan.Zero)).Message;

        foreach (var difference in (string[])
            [
                "/etc/tinc/mesh/hosts/gwb differs", "/etc/dnsmasq.conf is not there", "/etc/openvpn/generated/stray.conf should not be there", "/etc/tinc/mesh/rsa_key.priv's rights",
                "tnc0's addresses", "wg-wire's MTU", "wg-wire's peer gw-c's networks", "wg-wire's port", "port forwards", "FRR has: ip prefix-list OTHER", "FRR lacks: router ospf",
                "before /etc/tinc/mesh/hosts/gwa was written",
            ])
        {
            Assert.Contains(difference, found, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("gw-b: ", found, StringComparison.Ordinal);
    }
}
