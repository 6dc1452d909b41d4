using System.Net;
using CsCheck;
using Meduza.Linux.Netlink;
using Meduza.Linux.Netlink.Abi;
using Meduza.Linux.Netlink.Generic;
using Meduza.Linux.Netlink.WireGuard;
using Meduza.Linux.WireGuard;
using static Meduza.Linux.Tests.WireGuard.WireGuardSamples;

namespace Meduza.Linux.Tests.Netlink.WireGuard;

/// <summary>
/// Our messages against those of wg(8) 1.0.20210914, captured once on their way to the kernel; the family had number 31.
/// Its sequence numbers are replaced by zero.
/// </summary>
public class WireGuardMessagesTests
{
    private static readonly GenericFamily Family = new(31);

    private const string FirstPeer =
        "b8000080" + "24000100c53201039adba14be71f886da1d8dbe9eebded08cb111b75340078999aa9f038"
        + "24000200fd4c1c48f837f215bf0fd637b5c4b514e5742b5c2e51131b4b4b1eb0910fe5a9"
        + "140004000200ca6dc00002010000000000000000" + "0600050019000000" + "0800030002000000"
        + "48000980" + "1c000080" + "0600010002000000" + "080002000a010000" + "0500030010000000"
        + "28000080" + "060001000a000000" + "1400020020010db8000100000000000000000000" + "0500030030000000";

    private const string SecondPeer =
        "70000080" + "240001004eb32f4a83f88d842563a448cc181bb2c42a637bf12363e2fb2ef594e5965d7d"
        + "200004000a00ca6e0000000020010db800000000000000000000000900000000" + "0800030002000000"
        + "20000980" + "1c000080" + "0600010002000000" + "080002000a020000" + "0500030010000000";

    // wg setconf wg0 FILE; that has WGDEVICE_F_REPLACE_PEERS too (8 bytes, after the mark), and we never have.
    [Fact]
    public void Whole_device_is_what_wg_sends_without_replacing_peers() => Assert.Equal(
        ["7c0100001f0005000000000000000000" + "01010000" + "0800020077673000"
        + "240003004092d22b6a6d30888e07b5602c64e2a8dd85bd541ca5be165491902213c17c54" + "06000600" + "6cca0000" + "0800070020000000"
        + "2c010880" + FirstPeer + SecondPeer],
        Messages(WireGuardDiff.Between(Empty, TwoPeers)));

    // wg set wg0 private-key FILE listen-port 51820 fwmark 0x20
    [Fact]
    public void Device_without_peers_is_what_wg_sends() => Assert.Equal(
        ["500000001f0005000000000000000000" + "01010000" + "0800020077673000"
        + "240003004092d22b6a6d30888e07b5602c64e2a8dd85bd541ca5be165491902213c17c54" + "060006006cca0000" + "0800070020000000"],
        Messages(WireGuardDiff.Between(Empty, TwoPeers with { Peers = [] })));

    // wg set wg0 peer KEY preshared-key FILE endpoint 192.0.2.1:51821 persistent-keepalive 25 allowed-ips 10.1.0.0/16,2001:db8:1::/48
    [Fact]
    public void New_peer_is_what_wg_sends() => Assert.Equal(
        ["d80000001f0005000000000000000000" + "01010000" + "0800020077673000" + "bc000880" + FirstPeer],
        Messages(WireGuardDiff.Between(Empty, new WireGuardConfig { Peers = [TwoPeers.Peers[0]] })));

    // wg set wg0 peer KEY remove
    [Fact]
    public void Removed_peer_is_what_wg_sends() => Assert.Equal(
        ["500000001f0005000000000000000000" + "01010000" + "0800020077673000" + "34000880" + "30000080"
        + "24000100c53201039adba14be71f886da1d8dbe9eebded08cb111b75340078999aa9f038" + "0800030001000000"],
        Messages(new WireGuardChange { Peers = [new(First, WireGuardPeerAction.Remove)] }));

    // wg show wg0, its WG_CMD_GET_DEVICE (the flags of a dump are the socket's)
    [Fact]
    public void Reading_is_what_wg_sends()
    {
        var writer = new MessageWriter(new byte[WireGuardMessages.GetLength]);
        WireGuardMessages.WriteGet(ref writer, Family, "wg0");
        Assert.Equal("1c0000001f0001000000000000000000" + "00010000" + "0800020077673000", Convert.ToHexStringLower(writer.Written));
    }

    // The same, what it asks first.
    [Fact]
    public void Question_for_the_family_is_what_wg_sends()
    {
        var writer = new MessageWriter(new byte[64]);
        GenericFamily.WriteFind(ref writer, "wireguard");
        Assert.Equal("24000000100005000000000000000000" + "03010000" + "0e000200776972656775617264000000", Convert.ToHexStringLower(writer.Written));
    }

    [Fact]
    public void Changed_interval_of_one_peer_among_a_thousand_is_one_short_message()
    {
        var config = new WireGuardConfig { Peers = [.. Enumerable.Range(0, 1000).Select(i => new WireGuardPeerConfig(Key(i)))] };
        var device = After(Empty, WireGuardDiff.Between(Empty, config));
        var change = WireGuardDiff.Between(
            device, config with { Peers = [.. config.Peers.Select((p, i) => i == 500 ? p with { PersistentKeepalive = 9 } : p)] });
        Assert.Equal(20 + 8 + 4 + 4 + 36 + 8 + 8, Assert.Single(Messages(change)).Length / 2);
    }

    [Fact]
    public void What_is_said_once_is_in_the_first_message_that_it_concerns()
    {
        var peers = Enumerable.Range(0, 40).Select(i => new WireGuardPeerConfig(Key(i))
        {
            PresharedKey = Preshared,
            Endpoint = IPEndPoint.Parse("[2001:db8::9]:51822"),
            PersistentKeepalive = 5,
            AllowedIps = [.. Enumerable.Range(0, i == 20 ? 300 : 3).Select(a => Net($"10.{i}.{a % 256}.{a / 256}/32"))],
        });
        var change = WireGuardDiff.Between(Empty, TwoPeers with { Peers = [.. peers] });
        var parts = Parts(change, 1024);
        Assert.True(parts.Count > 10);
        Assert.Single(parts, p => p.PrivateKey is not null);
        Assert.Single(parts, p => p.ListenPort != 0);

        var named = parts.SelectMany(p => p.Peers).ToList();
        Assert.True(named.Count(p => p.PublicKey == Key(20)) > 3);
        Assert.All(
            named.GroupBy(p => p.PublicKey),
            peer => Assert.Equal(1, peer.Count(p => p.PresharedKey is not null && p.Endpoint is not null && p.PersistentKeepalive != 0)));
        Assert.Equal(change.Peers.SelectMany(p => p.AllowedIps), named.SelectMany(p => p.AllowedIps));
        Assert.Equal(40, WireGuardMessages.Join(parts)!.Peers.Count);
    }

    [Fact]
    public void Peer_that_is_changed_is_only_updated_in_each_of_its_messages()
    {
        var wanted = new WireGuardPeerChange(First, WireGuardPeerAction.Update)
        {
            ReplaceAllowedIps = true,
            AllowedIps = [.. Enumerable.Range(0, 100).Select(a => Net($"10.0.{a}.0/24"))],
        };
        var messages = Messages(new WireGuardChange { Peers = [wanted] }, 1024);
        Assert.True(messages.Count > 2);
        Assert.Contains("0800030006000000", messages[0], StringComparison.Ordinal);
        Assert.All(messages.Skip(1), m => Assert.Contains("0800030004000000", m, StringComparison.Ordinal));
    }

    // What we write reads back, since the attributes of both directions are the same.
    [Fact]
    public void Any_device_is_read_as_it_was_written() =>
        Gen.Select(Gen.Int[0, 60], Gen.Int[0, 40], Gen.Int[400, 5000]).Sample((peers, addresses, length) =>
        {
            var config = TwoPeers with
            {
                Peers = [.. Enumerable.Range(0, peers).Select(i => new WireGuardPeerConfig(Key(i))
                {
                    PresharedKey = i % 2 == 0 ? Preshared : null,
                    Endpoint = i % 3 == 0 ? null : IPEndPoint.Parse(i % 3 == 1 ? "192.0.2.1:51821" : "[fe80::9%3]:51822"),
                    PersistentKeepalive = (ushort)i,
                    AllowedIps = [.. Enumerable.Range(0, addresses).Select(a => Net(a % 2 == 0 ? $"10.{i}.{a}.0/24" : $"2001:db8:{i:x}:{a:x}::/64"))],
                })],
            };
            var read = WireGuardMessages.Join(Parts(WireGuardDiff.Between(Empty, config), length));
            Assert.True(WireGuardDiff.Between(read!, config).IsEmpty);
        }, iter: 200);

    [Theory]
    [InlineData("0200ca6d", null)]
    [InlineData("0200ca6dc0000201", "192.0.2.1:51821")]
    [InlineData("0a00ca6e0000000020010db8", null)]
    [InlineData("0100ca6dc000020100000000", null)]
    public void Endpoint_too_short_or_of_another_family_is_none(string bytes, string? expected)
    {
        var writer = new MessageWriter(new byte[256]);
        var message = writer.BeginMessage(Family.Id, 0);
        writer.WriteStruct(new GenericHeader { cmd = LinuxWireGuard.WG_CMD_GET_DEVICE });
        var all = writer.BeginNested(LinuxWireGuard.WGDEVICE_A_PEERS);
        var peer = writer.BeginNested(0);
        writer.WriteAttribute(LinuxWireGuard.WGPEER_A_PUBLIC_KEY, new byte[32]);
        writer.WriteAttribute(LinuxWireGuard.WGPEER_A_ENDPOINT, Convert.FromHexString(bytes));
        writer.EndNested(peer);
        writer.EndNested(all);
        writer.EndMessage(message);
        new MessageReader(writer.Written).TryRead(out var read);
        Assert.True(WireGuardMessages.TryParse(read, Family, out var device));
        Assert.Equal(expected, Assert.Single(device.Peers).Endpoint?.ToString());
    }

    internal static List<string> Messages(WireGuardChange change, int length = 32 << 10)
    {
        var messages = new List<string>();
        var progress = new WireGuardProgress(0, 0);
        do
        {
            var writer = new MessageWriter(new byte[length]);
            WireGuardMessages.WriteSet(ref writer, Family, "wg0", change, ref progress);
            messages.Add(Convert.ToHexStringLower(writer.Written));
        }
        while (progress.Peer < change.Peers.Count);
        return messages;
    }

    // As an answer of the kernel: the command of one is that of the question.
    private static List<WireGuardDevice> Parts(WireGuardChange change, int length) =>
    [
        .. Messages(change, length).Select(hex =>
        {
            var bytes = Convert.FromHexString(hex);
            bytes[16] = LinuxWireGuard.WG_CMD_GET_DEVICE;
            new MessageReader(bytes).TryRead(out var message);
            Assert.True(WireGuardMessages.TryParse(message, Family, out var device));
            return device;
        }),
    ];
}
