using System.Diagnostics.CodeAnalysis;
using System.Net;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.WireGuard;

/// <summary>Where a peer is: a host name or an address, and a UDP port.</summary>
/// <param name="Host">A name in lower case, or an address without brackets.</param>
public sealed record WireGuardEndpoint(string Host, Port Port)
{
    /// <summary>Null for a name, which must be looked up.</summary>
    public IPAddress? Address => AddressText.TryParse(Host, out var address) ? address : null;

    /// <summary>Reads <c>HOST:PORT</c>; an IPv6 address stands in brackets.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out WireGuardEndpoint? endpoint)
    {
        endpoint = null;
        var colon = text?.LastIndexOf(':') ?? -1;
        if (colon < 0 || !Port.TryParse(text![(colon + 1)..], out var port))
            return false;
        if (HostText.TryParse(text[..colon], out var host))
            endpoint = new WireGuardEndpoint(host, port);
        return endpoint is not null;
    }

    public override string ToString() => $"{HostText.BeforePort(Host)}:{Port}";
}
