using System.Net;
using CsCheck;
using Meduza.Linux.WireGuard;
using static Meduza.Linux.Tests.WireGuard.WireGuardSamples;

namespace Meduza.Linux.Tests.WireGuard;

public class WireGuardDiffTests
{
    private static readonly WireGuardDevice Full = After(Empty, WireGuardDiff.Between(Empty, TwoPeers));

    [Fact]
    public void Device_that_is_right_needs_nothing() => Assert.True(WireGuardDiff.Between(Full, TwoPeers).IsEmpty);

    [Fact]
    public void Null_leaves_alone() =>
        Assert.True(WireGuardDiff.Between(Full, TwoPeers with { PrivateKey = null, ListenPort = null, Mark = null }).IsEmpty);

    [Fact]
    public void Endpoint_that_is_not_said_stays() => Assert.True(WireGuardDiff.Between(
        Full, TwoPeers with { Peers = [TwoPeers.Peers[0] with { Endpoint = null }, TwoPeers.Peers[1]] }).IsEmpty);

    [Fact]
    public void Private_key_that_reads_back_clamped_is_right()
    {
        var bytes = Enumerable.Repeat((byte)0xff, 32).ToArray();
        var given = new WireGuardSecret(bytes);
        (bytes[0], bytes[31]) = (0xf8, 0x7f);
        Assert.True(WireGuardDiff.Between(Empty with { PrivateKey = new WireGuardSecret(bytes) }, new WireGuardConfig { PrivateKey = given }).IsEmpty);
    }

    [Fact]
    public void Changed_interval_is_that_alone()
    {
        var change = Assert.Single(Change(TwoPeers.Peers[0] with { PersistentKeepalive = 10 }, TwoPeers.Peers[1]));
        Assert.Equal((First, WireGuardPeerAction.Update, (ushort?)10), (change.PublicKey, change.Action, change.PersistentKeepalive));
        Assert.True(change is { PresharedKey: null, Endpoint: null, ReplaceAllowedIps: false, AllowedIps.Count: 0 });
    }

    [Fact]
    public void Added_address_does_not_replace_the_others()
    {
        var change = Assert.Single(Change(
            TwoPeers.Peers[0] with { AllowedIps = [.. TwoPeers.Peers[0].AllowedIps, Net("10.3.0.0/16")] }, TwoPeers.Peers[1]));
        Assert.False(change.ReplaceAllowedIps);
        Assert.Equal([Net("10.3.0.0/16")], change.AllowedIps);
    }

    [Fact]
    public void Removed_address_replaces_all_of_that_peer()
    {
        var change = Assert.Single(Change(TwoPeers.Peers[0] with { AllowedIps = [Net("10.1.0.0/16")] }, TwoPeers.Peers[1]));
        Assert.True(change.ReplaceAllowedIps);
        Assert.Equal([Net("10.1.0.0/16")], change.AllowedIps);
    }

    [Fact]
    public void Address_that_moves_is_given_to_the_one_and_the_other_is_not_touched()
    {
        var change = Assert.Single(Change(
            TwoPeers.Peers[0] with { AllowedIps = [Net("2001:db8:1::/48")] },
            TwoPeers.Peers[1] with { AllowedIps = [Net("10.2.0.0/16"), Net("10.1.0.0/16")] }));
        Assert.Equal((Second, false), (change.PublicKey, change.ReplaceAllowedIps));
        Assert.Equal([Net("10.1.0.0/16")], change.AllowedIps);
    }

    [Fact]
    public void Preshared_key_that_is_gone_is_taken_away()
    {
        var change = Assert.Single(Change(TwoPeers.Peers[0] with { PresharedKey = null }, TwoPeers.Peers[1]));
        Assert.True(change.PresharedKey!.IsNone);
    }

    [Fact]
    public void Peer_that_is_gone_is_removed_first()
    {
        var changes = Change(TwoPeers.Peers[1], new WireGuardPeerConfig(Key(7)) { AllowedIps = TwoPeers.Peers[0].AllowedIps });
        Assert.Equal([(First, WireGuardPeerAction.Remove), (Key(7), WireGuardPeerAction.Add)], changes.Select(c => (c.PublicKey, c.Action)));
    }

    [Fact]
    public void Address_of_two_peers_is_the_later_ones_and_stays_there()
    {
        var both = TwoPeers with { Peers = [.. TwoPeers.Peers.Select(p => p with { AllowedIps = [Net("0.0.0.0/0")] })] };
        var device = After(Full, WireGuardDiff.Between(Full, both));
        Assert.Equal([0, 1], device.Peers.Select(p => p.AllowedIps.Count));
        Assert.True(WireGuardDiff.Between(device, both).IsEmpty);
    }

    [Fact]
    public void Peer_that_is_this_device_is_left_out()
    {
        var own = Full with { PublicKey = Public };
        Assert.True(WireGuardDiff.Between(own, TwoPeers with { Peers = [.. TwoPeers.Peers, new WireGuardPeerConfig(Public)] }).IsEmpty);
    }

    [Fact]
    public void Every_change_leads_to_what_is_desired_and_the_next_is_empty() => Gen.Select(Config, Config).Sample((first, second) =>
    {
        var device = After(Empty, WireGuardDiff.Between(Empty, first));
        var change = WireGuardDiff.Between(device, second);
        var after = After(device, change);
        Assert.True(WireGuardDiff.Between(after, second).IsEmpty);
        Assert.Equal(second.Peers.Select(p => p.PublicKey).ToHashSet(), after.Peers.Select(p => p.PublicKey).ToHashSet());
        foreach (var address in second.Peers.SelectMany(p => p.AllowedIps).Distinct())
        {
            var owner = second.Peers.Last(p => p.AllowedIps.Contains(address)).PublicKey;
            Assert.Equal(owner, Assert.Single(after.Peers, p => p.AllowedIps.Contains(address)).PublicKey);
        }
        // What is right already is not in the change.
        foreach (var step in change.Peers)
            Assert.NotEqual(Describe(device, step.PublicKey), Describe(after, step.PublicKey));
    });

    private static string? Describe(WireGuardDevice device, WireGuardPublicKey key) => device.Peers.FirstOrDefault(p => p.PublicKey == key) is { } peer
        ? $"{peer.Endpoint} {peer.PersistentKeepalive} {peer.PresharedKey?.GetHashCode()} {string.Join(',', peer.AllowedIps.Select(a => a.ToString()).Order(StringComparer.Ordinal))}"
        : null;

    private static IReadOnlyList<WireGuardPeerChange> Change(params WireGuardPeerConfig[] peers) =>
        WireGuardDiff.Between(Full, TwoPeers with { Peers = peers }).Peers;

    private static readonly Gen<IPNetwork> Address = Gen.Int[0, 9].Select(i => Net(i < 5 ? $"10.{i}.0.0/16" : $"2001:db8:{i}::/48"));

    private static readonly Gen<WireGuardConfig> Config = Gen.Select(
        Gen.Int[0, 5], Address.Array[0, 5], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Bool,
        (key, addresses, endpoint, interval, preshared) => new WireGuardPeerConfig(Key(key))
        {
            AllowedIps = addresses,
            Endpoint = endpoint == 0 ? null : new IPEndPoint(IPAddress.Loopback, endpoint),
            PersistentKeepalive = (ushort)interval,
            PresharedKey = preshared ? Preshared : null,
        }).Array[0, 6].Select(peers => new WireGuardConfig { Peers = [.. peers.DistinctBy(p => p.PublicKey)] });
}
