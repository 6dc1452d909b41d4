using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

/// <summary>This node as a member of the tinc network, and the other members.</summary>
public sealed record TincConfig
{
    public required string Netname { get; init; }
    public required DeviceName Device { get; init; }

    /// <summary>The node's address in the overlay; null where the device has none of ours.</summary>
    public HostAddress? Ipv4 { get; init; }

    /// <summary><c>switch</c>, <c>hub</c> or <c>router</c>, as tinc.conf(5) has it.</summary>
    public required string Mode { get; init; }

    public required string AddressFamily { get; init; }
    public required TincHost Self { get; init; }
    public Secret? RsaPrivateKey { get; init; }
    public Secret? Ed25519PrivateKey { get; init; }

    /// <summary>The other enabled nodes, sorted by tinc name.</summary>
    public ImmutableArray<TincHost> Peers { get; init; } = [];
}

/// <summary>What a host file says of one member.</summary>
public sealed record TincHost
{
    public required TincName Name { get; init; }

    /// <summary>Where it is reached; none where it only connects to others.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    public required Port Port { get; init; }

    /// <summary>In tinc's syntax: <c>10.0.0.0/24</c>, <c>10.0.0.0/24#5</c>.</summary>
    public ImmutableArray<string> Subnets { get; init; } = [];

    public string? Cipher { get; init; }
    public string? Digest { get; init; }

    /// <summary>PEM, with <c>\n</c> line ends.</summary>
    public string? RsaPublicKey { get; init; }

    /// <summary>43 characters of tinc's base64.</summary>
    public string? Ed25519PublicKey { get; init; }
}
