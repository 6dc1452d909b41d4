using System.Net;

namespace Meduza.Linux.WireGuard;

/// <summary>A WireGuard device as it is.</summary>
/// <param name="Name">Of the link.</param>
public sealed record WireGuardDevice(string Name)
{
    /// <summary>Null where none was set.</summary>
    public WireGuardSecret? PrivateKey { get; init; }

    /// <summary>What the peers know it by; null where there is no private key, and from <c>wireguard-go</c>, which does not say it.</summary>
    public WireGuardPublicKey? PublicKey { get; init; }

    /// <summary>The UDP port; 0 where the device is down and was given none.</summary>
    public ushort ListenPort { get; init; }

    /// <summary>The mark of its own UDP packets; 0 for none.</summary>
    public uint Mark { get; init; }

    /// <summary>In the order in which they were added.</summary>
    public IReadOnlyList<WireGuardPeer> Peers { get; init; } = [];
}

/// <summary>A peer as it is.</summary>
/// <param name="PublicKey">By which it is known.</param>
public sealed record WireGuardPeer(WireGuardPublicKey PublicKey)
{
    /// <summary>Null where there is none.</summary>
    public WireGuardSecret? PresharedKey { get; init; }

    /// <summary>Where its packets last came from, or where it was said to be; null where neither is known.</summary>
    public IPEndPoint? Endpoint { get; init; }

    /// <summary>In seconds; 0 is off.</summary>
    public ushort PersistentKeepalive { get; init; }

    /// <summary>By the wall clock; null where there was none yet.</summary>
    public DateTimeOffset? LastHandshake { get; init; }

    /// <summary>In bytes, since the peer was added.</summary>
    public ulong ReceivedBytes { get; init; }

    /// <summary>In bytes, since the peer was added.</summary>
    public ulong SentBytes { get; init; }

    /// <summary>The addresses that it may use, and that are sent to it.</summary>
    public IReadOnlyList<IPNetwork> AllowedIps { get; init; } = [];
}
