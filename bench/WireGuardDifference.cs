using System.Diagnostics;
using System.Net;
using Meduza.Linux.WireGuard;

namespace Meduza.Bench;

/// <summary>What a change of one peer among a thousand costs on this processor before the kernel is told: the difference alone.</summary>
internal static class WireGuardDifference
{
    private const int Peers = 1000;
    private const int Samples = 200;

    public static void Measure()
    {
        var config = new WireGuardConfig { Peers = [.. Enumerable.Range(0, Peers).Select(Peer)] };
        var device = new WireGuardDevice("wg0")
        {
            Peers = [.. config.Peers.Select(p => new WireGuardPeer(p.PublicKey) { Endpoint = p.Endpoint, AllowedIps = [.. p.AllowedIps] })],
        };
        var changed = config with { Peers = [.. config.Peers.Select((p, i) => i == Peers / 2 ? p with { PersistentKeepalive = 5 } : p)] };
        var samples = new List<double>();
        for (var n = 0; n < 2 * Samples; n++)
        {
            var begun = Stopwatch.GetTimestamp();
            var change = WireGuardDiff.Between(device, changed);
            if (n >= Samples)
                samples.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            if (change.Peers.Count != 1)
                throw new InvalidOperationException($"{change.Peers.Count} peers differ");
        }
        Figure.Print("wireguard_one_peer_difference", "ms", samples);
    }

    private static WireGuardPeerConfig Peer(int number)
    {
        Span<byte> key = stackalloc byte[WireGuardPublicKey.Length];
        key.Clear();
        BitConverter.TryWriteBytes(key, number + 1);
        return new WireGuardPeerConfig(new WireGuardPublicKey(key))
        {
            Endpoint = new IPEndPoint(IPAddress.Loopback, number + 1),
            AllowedIps = [IPNetwork.Parse($"10.{number / 256}.{number % 256}.0/24"), IPNetwork.Parse($"10.{100 + number / 256}.{number % 256}.1/32"), IPNetwork.Parse($"2001:db8:{number:x}::/48")],
        };
    }
}
