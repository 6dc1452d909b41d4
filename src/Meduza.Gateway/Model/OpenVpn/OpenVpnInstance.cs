using System.Collections.Immutable;
using System.Net;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.OpenVpn;

/// <summary>A transport, and which side of it an instance is.</summary>
/// <param name="Word">As <c>proto</c> has it: <c>udp</c>, <c>tcp4-server</c>.</param>
public readonly record struct OpenVpnProtocol(string Word)
{
    public bool IsTcp => Word.StartsWith("tcp", StringComparison.Ordinal);
    public bool IsTcpServer => IsTcp && Word.EndsWith("-server", StringComparison.Ordinal);
    public bool IsTcpClient => IsTcp && Word.EndsWith("-client", StringComparison.Ordinal);

    public override string ToString() => Word;
}

/// <summary>Where the other side is.</summary>
/// <param name="Port">Null: that of the instance.</param>
public sealed record OpenVpnRemote(string Host, Port? Port, OpenVpnProtocol? Protocol);

/// <summary>The two addresses of <c>ifconfig</c>; the second is a netmask on tap devices and in topology subnet.</summary>
public sealed record OpenVpnIfconfig(IPAddress Local, IPAddress RemoteOrNetmask);

/// <summary>Seconds between pings, and seconds of silence after which the tunnel starts anew.</summary>
public sealed record OpenVpnKeepalive(uint Interval, uint Timeout);

/// <summary>A directive with its arguments, checked against the table.</summary>
public sealed record OpenVpnDirective(string Name, ImmutableArray<string> Arguments)
{
    public bool Equals(OpenVpnDirective? other) => other is not null && Name == other.Name && Arguments.SequenceEqual(other.Arguments);

    public override int GetHashCode() => HashCode.Combine(Name, Arguments.Length);
}

/// <summary>How the two sides know each other.</summary>
public abstract record OpenVpnAuthentication;

/// <summary>By a key that both have (<c>secret</c>).</summary>
/// <param name="Key">The key file's content.</param>
public sealed record StaticKeyAuthentication(Secret Key) : OpenVpnAuthentication;

/// <summary>By certificates.</summary>
/// <param name="IsServer">Which side of the TLS handshake this one is.</param>
/// <param name="Ca">Null where the peer is known by its fingerprint.</param>
public sealed record TlsAuthentication(bool IsServer, Secret? Ca, Secret Certificate, Secret PrivateKey) : OpenVpnAuthentication
{
    public Secret? TlsAuth { get; init; }
    public Secret? TlsCrypt { get; init; }
}

/// <summary>One enabled OpenVPN instance.</summary>
public sealed record OpenVpnInstance
{
    public required InstanceName Name { get; init; }
    public required DeviceName Device { get; init; }

    /// <summary>True for a layer 2 device (<c>tap</c>).</summary>
    public bool IsTap { get; init; }

    public required OpenVpnProtocol Protocol { get; init; }
    public required Port Port { get; init; }
    public ImmutableArray<OpenVpnRemote> Remotes { get; init; } = [];
    public OpenVpnIfconfig? Ifconfig { get; init; }
    public OpenVpnKeepalive? Keepalive { get; init; }
    public required OpenVpnAuthentication Authentication { get; init; }

    /// <summary>Further directives, sorted by name.</summary>
    public ImmutableArray<OpenVpnDirective> Directives { get; init; } = [];
}
