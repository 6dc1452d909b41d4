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

/// <summary>The transparent proxy, as far as packets are concerned.</summary>
public sealed record ClashConfig
{
    public ClashMode Mode { get; init; }

    /// <summary>What is proxied.</summary>
    public Transports Transports { get; init; } = Transports.Both;

    /// <summary>Knows the excluded sources by who began a connection, so that the answers to them are excluded too.</summary>
    public bool UseConntrack { get; init; }

    /// <summary>Leaves connections to private networks (RFC 1918) alone.</summary>
    public bool ExcludeRfc1918 { get; init; }

    /// <summary>Ports that are not proxied, sorted.</summary>
    public ImmutableArray<PortSelector> ExcludedPorts { get; init; } = [];
}
