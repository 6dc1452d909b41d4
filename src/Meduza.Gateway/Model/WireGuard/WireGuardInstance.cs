using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.WireGuard;

/// <summary>One enabled WireGuard device.</summary>
public sealed record WireGuardInstance
{
    public required InstanceName Name { get; init; }
    public required DeviceName Device { get; init; }

    /// <summary>In Base64.</summary>
    public required Secret PrivateKey { get; init; }

    /// <summary>The UDP port that peers send to; null lets the kernel choose one.</summary>
    public Port? ListenPort { get; init; }

    /// <summary>Own addresses, of either family, sorted.</summary>
    public ImmutableArray<HostAddress> Addresses { get; init; } = [];

    /// <summary>Largest packet in bytes.</summary>
    public uint Mtu { get; init; } = DefaultMtu;

    /// <summary>
    /// Addresses of resolvers and search domains, in their order: for <c>DNS</c> of wg-quick(8), whose text is generated for
    /// other machines. This gateway's own resolver is dnsmasq's, whatever devices are up.
    /// </summary>
    public ImmutableArray<string> Dns { get; init; } = [];

    /// <summary>Sorted by name.</summary>
    public ImmutableArray<WireGuardPeer> Peers { get; init; } = [];

    /// <summary>What fits a packet of 1500 bytes with the longest headers around it, over IPv6.</summary>
    public const uint DefaultMtu = 1420;
}

/// <summary>One peer of a WireGuard device.</summary>
/// <param name="Name">As in its keys.</param>
/// <param name="PublicKey">By which WireGuard knows it.</param>
public sealed record WireGuardPeer(InstanceName Name, WireGuardKey PublicKey)
{
    /// <summary>In Base64; null for none.</summary>
    public Secret? PresharedKey { get; init; }

    /// <summary>Null for one that connects by itself.</summary>
    public WireGuardEndpoint? Endpoint { get; init; }

    /// <summary>In seconds; 0 is off.</summary>
    public uint PersistentKeepalive { get; init; }

    /// <summary>The addresses that it may use, and that are sent to it; sorted.</summary>
    public ImmutableArray<Prefix> AllowedIps { get; init; } = [];

    public bool Equals(WireGuardPeer? other) => other is not null && Name == other.Name && PublicKey == other.PublicKey
        && PresharedKey == other.PresharedKey && Endpoint == other.Endpoint && PersistentKeepalive == other.PersistentKeepalive
        && AllowedIps.SequenceEqual(other.AllowedIps);

    public override int GetHashCode() => HashCode.Combine(Name, PublicKey, Endpoint);
}
