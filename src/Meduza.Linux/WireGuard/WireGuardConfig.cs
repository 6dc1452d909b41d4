using System.Net;

namespace Meduza.Linux.WireGuard;

/// <summary>How a WireGuard device is to be. What is null stays as it is.</summary>
public sealed record WireGuardConfig
{
    public WireGuardSecret? PrivateKey { get; init; }

    /// <summary>The UDP port; 0 lets the kernel choose one, again each time that this is applied.</summary>
    public ushort? ListenPort { get; init; }

    /// <summary>The mark of its own UDP packets; 0 for none.</summary>
    public uint? Mark { get; init; }

    /// <summary>
    /// All peers: others are removed. An address that two of them are allowed belongs to the later one, as WireGuard has it.
    /// </summary>
    public IReadOnlyList<WireGuardPeerConfig> Peers { get; init; } = [];
}

/// <summary>How a peer is to be.</summary>
/// <param name="PublicKey">By which it is known.</param>
public sealed record WireGuardPeerConfig(WireGuardPublicKey PublicKey)
{
    /// <summary>Null for none.</summary>
    public WireGuardSecret? PresharedKey { get; init; }

    /// <summary>Null leaves it to where its packets come from.</summary>
    public IPEndPoint? Endpoint { get; init; }

    /// <summary>In seconds; 0 is off.</summary>
    public ushort PersistentKeepalive { get; init; }

    public IReadOnlyList<IPNetwork> AllowedIps { get; init; } = [];
}
