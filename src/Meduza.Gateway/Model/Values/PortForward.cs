using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Meduza.Gateway.Model.Values;

/// <summary>A port of this machine whose connections, TCP and UDP, go to a port of another one: <c>8080:10.0.0.5:80</c>.</summary>
/// <param name="Listen">Of this machine.</param>
/// <param name="Host">Its family is that of the connections.</param>
/// <param name="Port">Of the host.</param>
public sealed record PortForward(Port Listen, IPAddress Host, Port Port)
{
    /// <summary>What it must look like, in words.</summary>
    public const string Expected = "LISTEN:HOST:PORT with an address for the host, an IPv6 one in brackets, such as 8080:10.0.0.5:80";

    public bool IsIpv6 => Host.AddressFamily == AddressFamily.InterNetworkV6;

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PortForward? forward)
    {
        forward = null;
        if (text is null)
            return false;
        var first = text.IndexOf(':', StringComparison.Ordinal);
        var last = text.LastIndexOf(':');
        if (first < 0 || last == first || !Port.TryParse(text[..first], out var listen) || !Port.TryParse(text[(last + 1)..], out var port))
            return false;
        var host = text[(first + 1)..last];
        var isBracketed = host.StartsWith('[') && host.EndsWith(']');
        if (!AddressText.TryParse(isBracketed ? host[1..^1] : host, out var address)
            || isBracketed != (address.AddressFamily == AddressFamily.InterNetworkV6))
            return false;
        forward = new(listen, address, port);
        return true;
    }

    public override string ToString() => $"{Listen}:{(IsIpv6 ? $"[{Host}]" : Host)}:{Port}";
}

/// <summary>Two networks of one size: hosts of the first are seen by others as hosts of the second.</summary>
/// <param name="Inside">Where the hosts are.</param>
/// <param name="Outside">What others see.</param>
public readonly record struct NetworkMapping(Prefix Inside, Prefix Outside) : IComparable<NetworkMapping>
{
    public int CompareTo(NetworkMapping other) => Inside.CompareTo(other.Inside);

    public static bool operator <(NetworkMapping left, NetworkMapping right) => left.CompareTo(right) < 0;
    public static bool operator >(NetworkMapping left, NetworkMapping right) => left.CompareTo(right) > 0;
    public static bool operator <=(NetworkMapping left, NetworkMapping right) => left.CompareTo(right) <= 0;
    public static bool operator >=(NetworkMapping left, NetworkMapping right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Inside} as {Outside}";
}
