using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.WireGuard;

/// <summary>The kinds of values that WireGuard's own keys have.</summary>
internal static class WireGuardKinds
{
    private const string Expected = "a WireGuard key: 44 characters of Base64, as wg genkey and wg pubkey write them";

    public static ValueKind<WireGuardKey> PublicKey { get; } = ValueKind.Line<WireGuardKey>("WireGuard key", Expected, WireGuardKey.TryParse);

    public static ValueKind<Secret> SecretKey { get; } = new(
        "WireGuard key", Expected, ValueLayout.Line,
        text => WireGuardKey.TryParse(text, out _) ? Reading.Of(new Secret(text)) : Reading.Bad<Secret>());

    public static ValueKind<WireGuardEndpoint> Endpoint { get; } = ValueKind.Line<WireGuardEndpoint>(
        "HOST:PORT", "a host name or an address, and a port, such as vpn.example.org:51820 or [2001:db8::1]:51820", WireGuardEndpoint.TryParse);

    /// <summary>An own address; without a length it is that address alone.</summary>
    public static ValueKind<HostAddress> Address { get; } = new(
        "address[/length]", "an IPv4 or IPv6 address, with the length of its network, such as 10.0.0.1/24", ValueLayout.Line,
        text => HostAddress.TryParse(WithLength(text), out var address) ? Reading.Of(address) : Reading.Bad<HostAddress>());

    /// <summary>A network of either family; host bits are masked, with a warning.</summary>
    public static ValueKind<Prefix> AllowedIp { get; } = new(
        "CIDR", "an IPv4 or IPv6 network, such as 10.0.0.0/24", ValueLayout.Line,
        text => Prefix.TryParse(WithLength(text), out var prefix, out var hadHostBits)
            ? Reading.Of(prefix, hadHostBits ? $"{text} has host bits set: read as {prefix}" : null)
            : Reading.Bad<Prefix>());

    public static ImmutableArray<Prefix> Everything { get; } = [Prefix.Of(IPAddress.Any, 0)];

    private static string WithLength(string text) => text.Contains('/', StringComparison.Ordinal) || !AddressText.TryParse(text, out var address)
        ? text
        : $"{text}/{(address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)}";
}
