using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.EasyTier;

/// <summary>This node as a member of the EasyTier network.</summary>
public sealed record EasyTierConfig
{
    public required string NetworkName { get; init; }
    public required Secret NetworkSecret { get; init; }
    public required DeviceName Device { get; init; }

    /// <summary>EasyTier chooses an address that is free; <see cref="Ipv4"/> is null then.</summary>
    public bool Dhcp { get; init; }

    /// <summary>Carries no packets for networks of other names.</summary>
    public bool PrivateMode { get; init; }

    /// <summary>The node's address in the overlay; null where it has none, or one that EasyTier chooses.</summary>
    public HostAddress? Ipv4 { get; init; }

    public ImmutableArray<EasyTierUrl> Listeners { get; init; } = [];

    /// <summary>Where the listeners are reached from outside, where that is not their own address.</summary>
    public ImmutableArray<EasyTierUrl> MappedListeners { get; init; } = [];

    /// <summary>Whom it connects to; through them it finds the rest.</summary>
    public ImmutableArray<EasyTierUrl> Peers { get; init; } = [];
}
