using System.Net;

namespace Meduza.Linux.WireGuard;

/// <summary>What must be done to a WireGuard device. What is null stays as it is.</summary>
public sealed record WireGuardChange
{
    public WireGuardSecret? PrivateKey { get; init; }

    public ushort? ListenPort { get; init; }

    public uint? Mark { get; init; }

    /// <summary>In the order in which they must be done: what is removed comes first.</summary>
    public IReadOnlyList<WireGuardPeerChange> Peers { get; init; } = [];

    /// <summary>True when nothing must be done.</summary>
    public bool IsEmpty => PrivateKey is null && ListenPort is null && Mark is null && Peers.Count == 0;
}

/// <summary>What is done to a peer.</summary>
public enum WireGuardPeerAction
{
    /// <summary>It is made.</summary>
    Add,

    /// <summary>It is changed, unless it is gone.</summary>
    Update,

    /// <summary>It is removed.</summary>
    Remove,
}

/// <summary>What must be done to a peer. What is null stays as it is.</summary>
/// <param name="PublicKey">By which it is known.</param>
/// <param name="Action">What.</param>
public sealed record WireGuardPeerChange(WireGuardPublicKey PublicKey, WireGuardPeerAction Action)
{
    /// <summary><see cref="WireGuardSecret.None"/> takes it away.</summary>
    public WireGuardSecret? PresharedKey { get; init; }

    public IPEndPoint? Endpoint { get; init; }

    /// <summary>In seconds; 0 turns it off.</summary>
    public ushort? PersistentKeepalive { get; init; }

    /// <summary>True when the peer gives up all that it has before it gets <see cref="AllowedIps"/>: for that moment its packets are dropped.</summary>
    public bool ReplaceAllowedIps { get; init; }

    /// <summary>What it gets, also from other peers.</summary>
    public IReadOnlyList<IPNetwork> AllowedIps { get; init; } = [];
}
