using Meduza.Linux.Process;
using static Tmds.Linux.LibC;

namespace Meduza.Vm.Guest;

/// <summary>
/// The agent's own way from keys in a real etcd to devices of a kernel that has WireGuard, beside the shipped binary as this
/// machine's init. Two instances of the one gateway are each other's peers, over its loopback device.
/// </summary>
internal sealed class GatewayRun
{
    private const string Node = "/nodes/vm/wireguard/";
    private const string StatusKeys = "/updated/vm/wireguard/";

    private readonly LocalEtcd _etcd = new();
    private readonly RunningCommand _states;
    private readonly (string Private, string Public) _a = WgDump.NewKey(), _b = WgDump.NewKey(), _six = WgDump.NewKey();
    private readonly string _preshared = WgDump.Run(["genpsk"]);
    private IpLink? _mine;

    private GatewayRun() => _states = LocalEtcd.Watch(StatusKeys);

    /// <summary>Runs them, each on what the one before has left, and switches the machine off.</summary>
    public static void All(Report report)
    {
        GatewayRun run = null!;
        _ = report.Scenario("etcd serves", _ => run = new GatewayRun())
            && report.Scenario("device is what its keys say", _ => run.DeviceIsWhatItsKeysSay())
            && report.Scenario("handshake makes it up", _ => run.HandshakeMakesItUp())
            && report.Scenario("changed peer disturbs no other", _ => run.ChangedPeerDisturbsNoOther())
            && report.Scenario("next agent finds its devices", _ => run.NextAgentFindsItsDevices())
            && report.Scenario("somebody else's device is left alone", _ => run.ForeignDeviceIsLeftAlone())
            && report.Scenario("removed instance takes its device along", _ => run.RemovedInstanceTakesItsDeviceAlong());
        report.End();
        Signals.Send(1, SIGTERM);
    }

    private void DeviceIsWhatItsKeysSay()
    {
        // Somebody else's, all the way through.
        IpLink.Run("link", "add", "wg-mine", "type", "wireguard");
        WgDump.Run(["set", "wg-mine", "listen-port", "51999"]);
        _mine = IpLink.Of("wg-mine");

        _etcd.Write(
            ("/global/mesh_type", "tinc"),
            (Node + "a/enable", "true"), (Node + "a/private_key", _a.Private), (Node + "a/listen_port", "51820"),
            (Node + "a/address", "10.9.0.1/24\nfd09::1/64"), (Node + "a/mtu", "1380"),
            (Node + "a/peer/b/public_key", _b.Public), (Node + "a/peer/b/preshared_key", _preshared),
            (Node + "a/peer/b/endpoint", "127.0.0.1:51821"), (Node + "a/peer/b/allowed_ips", "10.9.0.2/32\nfd09::2/128"),
            (Node + "a/peer/b/persistent_keepalive", "1"),
            (Node + "a/peer/six/public_key", _six.Public), (Node + "a/peer/six/endpoint", "[2001:db8::6]:4500"),
            (Node + "a/peer/six/allowed_ips", "2001:db8:6::/48"),
            ("/commit", "first"));
        Operator.WaitForCommit("first", "applied");

        var link = IpLink.Of("wg-a")!;
        Require.Equal(("meduza wireguard/a", 1380, true, "10.9.0.1/24 fd09::1/64"), (link.Alias, link.Mtu, link.Up, link.Addresses));
        var device = WgDump.Of("wg-a")!;
        Require.Equal((_a.Private, _a.Public, 51820), (device.PrivateKey, device.PublicKey, device.ListenPort));
        Require.Equal(2, device.Peers.Count);
        var b = device.Peers[_b.Public];
        Require.Equal((_preshared, "127.0.0.1:51821", "10.9.0.2/32,fd09::2/128", "1"), (b.PresharedKey, b.Endpoint, b.AllowedIps, b.Keepalive));
        var six = device.Peers[_six.Public];
        Require.Equal(("(none)", "[2001:db8::6]:4500", "2001:db8:6::/48", "off"), (six.PresharedKey, six.Endpoint, six.AllowedIps, six.Keepalive));
        Waiting.Until(() => Operator.WireGuardState("a") == "connecting", "connecting");
        _states.WaitForLine(l => l.StartsWith("connecting ", StringComparison.Ordinal), Waiting.Limit);
    }

    private void HandshakeMakesItUp()
    {
        _etcd.Write(
            (Node + "b/enable", "true"), (Node + "b/private_key", _b.Private), (Node + "b/listen_port", "51821"), (Node + "b/address", "10.9.1.1/24"),
            (Node + "b/peer/a/public_key", _a.Public), (Node + "b/peer/a/preshared_key", _preshared),
            (Node + "b/peer/a/endpoint", "[::1]:51820"), (Node + "b/peer/a/allowed_ips", "10.9.0.1/32"), (Node + "b/peer/a/persistent_keepalive", "1"),
            ("/commit", "second"));
        Operator.WaitForCommit("second", "applied");
        Waiting.Until(() => Operator.WireGuardState("a") == "up" && Operator.WireGuardState("b") == "up", "up", () => Operator.Run("status").Output);
        _states.WaitForLine(l => l.StartsWith("up ", StringComparison.Ordinal), Waiting.Limit);
        Require.That(_etcd.Get(StatusKeys + "a/status").StartsWith("up ", StringComparison.Ordinal));

        // All that is enabled is up, and the table has a row for each peer.
        var status = Operator.Run("status");
        Require.That(status.ExitCode == 0, status.Output);
        string Row(string peer) => status.Output.Split('\n').Single(l => l.StartsWith($"  {peer} ", StringComparison.Ordinal));
        Require.That(Row("b").Contains(":51821", StringComparison.Ordinal) && Row("b").Contains(" ago", StringComparison.Ordinal), status.Output);
        Require.That(Row("six").Contains("[2001:db8::6]:4500", StringComparison.Ordinal) && Row("six").Contains("none", StringComparison.Ordinal), status.Output);
    }

    private void ChangedPeerDisturbsNoOther()
    {
        var (link, before) = (IpLink.Of("wg-a"), WgDump.Of("wg-a")!);
        _etcd.Write((Node + "a/peer/six/allowed_ips", "2001:db8:7::/48"), ("/commit", "third"));
        var report = Operator.WaitForCommit("third", "applied");

        Require.Equal("wireguard/a", string.Join(' ', report.GetProperty("changed").EnumerateArray().Select(c => c.GetString())));
        Require.Equal(link, IpLink.Of("wg-a"));
        var after = WgDump.Of("wg-a")!;
        Require.Equal("2001:db8:7::/48", after.Peers[_six.Public].AllowedIps);
        RequireSameSession(before.Peers[_b.Public], after.Peers[_b.Public]);
    }

    private void NextAgentFindsItsDevices()
    {
        var commits = Operator.AgentLines("commit '").Count;
        var applies = Operator.AgentLines(": keys and peers").Count;
        Require.That(applies > 0);
        var (link, before, agent) = (IpLink.Of("wg-a"), WgDump.Of("wg-a")!, Operator.AgentPid());
        Signals.Send(agent, SIGKILL);
        Waiting.Until(() => Operator.AgentLines("commit '").Count > commits, "another agent's commit");

        Require.That(Operator.AgentPid() != agent);
        Require.That(Operator.AgentLines("commit '")[^1].EndsWith("changed: nothing", StringComparison.Ordinal), Operator.AgentLines("commit '")[^1]);
        Require.Equal(applies, Operator.AgentLines(": keys and peers").Count);
        Require.Equal(link, IpLink.Of("wg-a"));
        RequireSameSession(before.Peers[_b.Public], WgDump.Of("wg-a")!.Peers[_b.Public]);
    }

    private void ForeignDeviceIsLeftAlone()
    {
        IpLink.Run("link", "add", "wg-c", "type", "wireguard");
        WgDump.Run(["set", "wg-c", "listen-port", "51998"]);
        var foreign = IpLink.Of("wg-c");
        _etcd.Write(
            (Node + "c/enable", "true"), (Node + "c/private_key", WgDump.NewKey().Private), (Node + "c/address", "10.9.3.1/24"),
            (Node + "c/peer/six/public_key", _six.Public), (Node + "b/peer/a/allowed_ips", "10.9.0.0/24"), ("/commit", "fourth"));
        var error = Operator.WaitForCommit("fourth", "degraded").GetProperty("errors").EnumerateArray().Single();
        Require.Equal(
            ("wireguard/c", "wg-c is a device that somebody else has made: delete or rename it, or set wireguard/c/dev to another name"),
            (error.GetProperty("key").GetString(), error.GetProperty("message").GetString()));
        Require.Equal(foreign, IpLink.Of("wg-c"));
        Require.Equal((51998, 0), (WgDump.Of("wg-c")!.ListenPort, WgDump.Of("wg-c")!.Peers.Count));
        Require.Equal("down", Operator.WireGuardState("c"));
        // The rest of the commit is there.
        Require.Equal("10.9.0.0/24", WgDump.Of("wg-b")!.Peers[_a.Public].AllowedIps);

        IpLink.Run("link", "set", "wg-c", "name", "wg-theirs");
        Operator.WaitForCommit("fourth", "applied");
        Require.Equal(("meduza wireguard/c", "10.9.3.1/24"), (IpLink.Of("wg-c")!.Alias, IpLink.Of("wg-c")!.Addresses));
        Require.Equal(51998, WgDump.Of("wg-theirs")!.ListenPort);
    }

    private void RemovedInstanceTakesItsDeviceAlong()
    {
        var b = IpLink.Of("wg-b");
        _etcd.Write((Node + "a/", null), ("/commit", "fifth"));
        Operator.WaitForCommit("fifth", "applied");
        Require.That(IpLink.Of("wg-a") is null);
        Require.Equal(b, IpLink.Of("wg-b"));
        Require.Equal(_mine, IpLink.Of("wg-mine"));
        Require.Equal(51999, WgDump.Of("wg-mine")!.ListenPort);
        Waiting.Until(() => _etcd.Get(StatusKeys + "a/status").Length == 0, "no status of what is gone");
    }

    // A peer that was removed and added would have begun to count anew. A session is renewed after two minutes.
    private static void RequireSameSession(WgDump.Peer before, WgDump.Peer after)
    {
        Require.That(before.Handshake > 0 && (after.Handshake == before.Handshake || after.Handshake - before.Handshake > 100), $"{before} {after}");
        Require.That(after.Received >= before.Received && after.Sent >= before.Sent, $"{before} {after}");
        Require.Equal((before.PresharedKey, before.AllowedIps, before.Keepalive), (after.PresharedKey, after.AllowedIps, after.Keepalive));
    }
}
