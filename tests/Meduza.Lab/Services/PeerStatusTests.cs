using Meduza.Lab.Harness;

namespace Meduza.Lab.Services;

/// <summary>What a gateway says of single peers, below <c>/updated/ID/</c>.</summary>
public sealed class PeerStatusTests
{
    [Fact]
    public void Peers_that_do_not_answer_are_told_of_and_keep_neither_a_commit_nor_the_probe_port_waiting()
    {
        const string Prefix = "/updated/gw/";
        using var solo = SoloGateway.Start();
        void Until(string path, Func<string?, bool> says, string what) => solo.Init.WaitUntil(() => says(solo.Etcd.Get(Prefix + path)), what, TimeSpan.FromMinutes(1));

        Until("frr/bgp/10.254.0.2/status", state => state?.StartsWith("connecting ", StringComparison.Ordinal) == true, "the BGP peer is tried");
        // tinc 1.0 cannot be asked, 1.1 can: and nobody is there.
        var hasControl = File.Exists("/usr/sbin/tinc");
        Until("tinc/peer/status", state => state?.StartsWith(hasControl ? "down " : "unavailable ", StringComparison.Ordinal) == true, "the host of Tinc is told of");
        solo.Apply("probes", ("/nodes/gw/healthy/enable", "true"), ("/nodes/gw/healthy/port", "8080"));
        solo.Init.WaitUntil(() => solo.Init.Meduza("status", "--json").Output.Contains("\"open\": true", StringComparison.Ordinal), "the probe port is open");

        solo.Apply("without", ("/nodes/gw/openvpn/link/bgp/enable", "false"), ("/nodes/peer/tinc/enable", "false"));

        Until("frr/bgp/10.254.0.2/status", state => state is null, "the key of the peer that is gone is gone");
        Until("tinc/peer/status", state => state is null, "the key of the host that is gone is gone");
    }
}
