using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

/// <summary>How mihomo gets connections.</summary>
public enum ClashMode
{
    /// <summary>From programs that are told to ask it.</summary>
    Mixed,

    /// <summary>From packets of the LANs that pass this machine, without their knowing (TPROXY).</summary>
    Tproxy,
}

/// <summary>The proxy: where its configuration comes from, and which packets it takes.</summary>
public sealed record ClashConfig
{
    /// <summary>Port of mihomo's SOCKS proxy.</summary>
    public const ushort SocksPort = 7891;

    /// <summary>Port of mihomo's proxy for HTTP and SOCKS.</summary>
    public const ushort MixedPort = 7890;

    /// <summary>UDP port of 127.0.0.1 on which mihomo answers names.</summary>
    public const ushort DnsPort = 1053;

    public ClashMode Mode { get; init; }

    /// <summary>Name of the subscription in use; null where mihomo runs with what is shipped.</summary>
    public InstanceName? Subscription { get; init; }

    /// <summary>Where that is; its URL may have a password in it.</summary>
    public Secret? SubscriptionUrl { get; init; }

    /// <summary>True when it is fetched again and again.</summary>
    public bool RefreshEnabled { get; init; }

    /// <summary>From one fetch to the next, where it is.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>What is proxied.</summary>
    public Transports Transports { get; init; } = Transports.Both;

    /// <summary>Knows the excluded sources by who began a connection, so that the answers to them are excluded too.</summary>
    public bool UseConntrack { get; init; }

    /// <summary>Leaves connections to private networks (RFC 1918) alone.</summary>
    public bool ExcludeRfc1918 { get; init; }

    /// <summary>Ports that are not proxied, sorted.</summary>
    public ImmutableArray<PortSelector> ExcludedPorts { get; init; } = [];
}
