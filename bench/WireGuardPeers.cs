using System.Net;
using Meduza.Linux.WireGuard;

namespace Meduza.Bench;

/// <summary>A thousand peers of three networks each, and the same with one of them changed.</summary>
internal static class WireGuardPeers
{
    public const int Count = 1000;

    public static WireGuardConfig All { get; } = new() { Peers = [.. Enumerable.Range(0, Count).Select(Peer)] };

    /// <summary>The one that is changed.</summary>
    public static WireGuardPublicKey Changed => All.Peers[Count / 2].PublicKey;

    /// <summary>All of them, the one in the middle with that keepalive interval.</summary>
    public static WireGuardConfig WithInterval(ushort seconds) => All with
    {
        Peers = [.. All.Peers.Select(p => p.PublicKey == Changed ? p with { PersistentKeepalive = seconds } : p)],
    };

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
