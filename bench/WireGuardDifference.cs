using System.Diagnostics;
using Meduza.Linux.WireGuard;

namespace Meduza.Bench;

/// <summary>What a change of one peer among a thousand costs on this processor before the kernel is told: the difference alone.</summary>
internal static class WireGuardDifference
{
    private const int Samples = 200;

    public static void Measure()
    {
        var device = new WireGuardDevice("wg0")
        {
            Peers = [.. WireGuardPeers.All.Peers.Select(p => new WireGuardPeer(p.PublicKey) { Endpoint = p.Endpoint, AllowedIps = [.. p.AllowedIps] })],
        };
        var changed = WireGuardPeers.WithInterval(5);
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
}
