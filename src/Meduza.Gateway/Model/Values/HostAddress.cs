using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Meduza.Gateway.Model.Values;

/// <summary>A machine's address together with the network that it lies in, as written on an interface: <c>10.1.2.3/24</c>.</summary>
public sealed record HostAddress(IPAddress Address, int PrefixLength)
{
    public Prefix Network => Prefix.Of(Address, PrefixLength);

    public bool IsIpv6 => Address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Reads <c>ADDRESS/LENGTH</c>, both required.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out HostAddress? value)
    {
        value = null;
        if (text is null)
            return false;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !AddressText.TryParse(text.AsSpan(0, slash), out var address))
            return false;
        var max = address.AddressFamily == AddressFamily.InterNetworkV6 ? 128u : 32u;
        if (!AddressText.TryParseNumber(text.AsSpan(slash + 1), max, out var length))
            return false;
        value = new HostAddress(address, (int)length);
        return true;
    }

    public override string ToString() => $"{Address}/{PrefixLength}";
}
