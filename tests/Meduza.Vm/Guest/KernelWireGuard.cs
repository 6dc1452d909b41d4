using System.Net;
using Meduza.Linux.WireGuard;

namespace Meduza.Vm.Guest;

/// <summary>Two devices of the kernel, each in a network namespace of its own.</summary>
internal static class KernelWireGuard
{
    private const int FloodPackets = 3000;

    // A packet of ping: 56 bytes of data, 8 of ICMP, 20 of IP.
    private const ulong PingLength = 84;

    public static void HandshakeOverIpv4(Report report) => Handshake("192.0.2.1", "192.0.2.2", 24);

    public static void HandshakeOverIpv6(Report report) => Handshake("2001:db8::1", "2001:db8::2", 64);

    private static void Handshake(string outerLeft, string outerRight, int length)
    {
        var (left, right) = Side.Pair(outerLeft, outerRight, length, "10.9.0.1", "10.9.0.2");
        using (left)
        using (right)
        {
            Require.That(left.Control.Get(Side.Device)!.Peers.Count == 0);
            var (leftConfig, _) = Join(left, right, outerRight);
            var ping = left.Ping("-c", "3", "-i", "0.2", "-W", "20", "10.9.0.2");
            Require.That(ping.ExitCode == 0, ping.Output + ping.Error);
            var there = left.Control.Get(Side.Device)!.Peers.Single();
            var back = right.Control.Get(Side.Device)!.Peers.Single();
            Require.That(there.LastHandshake is not null && back.LastHandshake is not null);
            Require.Equal(leftConfig.Peers[0].Endpoint, there.Endpoint);
            // It was told of none, and knows where the packets came from.
            Require.Equal(new IPEndPoint(IPAddress.Parse(outerLeft), 51820), back.Endpoint);
        }
    }

    public static void PeerChangedBesideFlood(Report report)
    {
        var (left, right) = Side.Pair("192.0.2.1", "192.0.2.2", 24, "10.9.0.1", "10.9.0.2");
        using (left)
        using (right)
        {
            var (config, _) = Join(left, right, "192.0.2.2");
            Require.Equal(0, left.Ping("-c", "1", "-W", "20", "10.9.0.2").ExitCode);
            var before = left.Control.Get(Side.Device)!.Peers.Single(p => p.PublicKey == right.Key);

            var flood = Task.Run(() => left.Ping("-f", "-q", "-c", $"{FloodPackets}", "10.9.0.2"));
            var changes = 0;
            for (; !flood.IsCompleted || changes < 20; changes++)
            {
                var other = new WireGuardPeerConfig(Key(changes % 4))
                {
                    AllowedIps = [IPNetwork.Parse($"10.8.{changes % 200}.0/24")],
                    PersistentKeepalive = (ushort)(changes % 5),
                };
                left.Converge(config with { Peers = [config.Peers[0], other] });
            }
            var result = flood.GetAwaiter().GetResult();
            Require.That(result.Output.Contains(" 0% packet loss", StringComparison.Ordinal), result.Output + result.Error);
            var after = left.Control.Get(Side.Device)!.Peers.Single(p => p.PublicKey == right.Key);
            Require.Equal(before.LastHandshake, after.LastHandshake);
            Require.That(after.SentBytes > before.SentBytes + FloodPackets * PingLength);
            Require.That(after.ReceivedBytes > before.ReceivedBytes + FloodPackets * PingLength);
            report.Figure("wireguard.flood.changes", changes);
        }
    }

    public static void AddressesMove(Report report)
    {
        using var side = new Side();
        var config = new WireGuardConfig
        {
            Peers =
            [
                new(Key(1)) { AllowedIps = [IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("10.2.0.0/16")] },
                new(Key(2)) { AllowedIps = [IPNetwork.Parse("10.3.0.0/16"), IPNetwork.Parse("2001:db8::/32")] },
            ],
        };
        side.Converge(config);
        side.Converge(config with { Peers = [config.Peers[0] with { AllowedIps = config.Peers[1].AllowedIps }, config.Peers[1] with { AllowedIps = config.Peers[0].AllowedIps }] });
        side.Converge(config with { Peers = [.. config.Peers.Select(p => p with { AllowedIps = [IPNetwork.Parse("0.0.0.0/0")] })] });
        side.Converge(config with { Peers = [config.Peers[1]] });
        side.Converge(config with { Peers = [] });
    }

    public static void OwnKeyAsPeer(Report report)
    {
        using var side = new Side();
        side.Converge(new WireGuardConfig { PrivateKey = side.Secret, Peers = [new(side.Key), new(Key(1))] });
        Require.Equal(1, side.Control.Get(Side.Device)!.Peers.Count);
    }

    private static (WireGuardConfig Left, WireGuardConfig Right) Join(Side left, Side right, string outerRight)
    {
        var preshared = Side.NewSecret();
        var there = new WireGuardConfig
        {
            PrivateKey = left.Secret,
            ListenPort = 51820,
            Mark = 7,
            Peers =
            [
                new(right.Key)
                {
                    PresharedKey = preshared,
                    Endpoint = new IPEndPoint(IPAddress.Parse(outerRight), 51820),
                    AllowedIps = [IPNetwork.Parse("10.9.0.2/32")],
                },
            ],
        };
        var back = new WireGuardConfig
        {
            PrivateKey = right.Secret,
            ListenPort = 51820,
            Peers = [new(left.Key) { PresharedKey = preshared, AllowedIps = [IPNetwork.Parse("10.9.0.1/32"), IPNetwork.Parse("fd00::/64")] }],
        };
        left.Converge(there);
        right.Converge(back);
        return (there, back);
    }

    private static WireGuardPublicKey Key(int number) => ThousandPeers.Key(number);
}
