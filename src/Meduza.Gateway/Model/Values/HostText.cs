using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace Meduza.Gateway.Model.Values;

/// <summary>A host as it stands before a port: a name, an IPv4 address, or an IPv6 address in brackets.</summary>
internal static class HostText
{
    /// <param name="text">As written.</param>
    /// <param name="host">A name in lower case, or an address in its shortest form, without brackets.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out string? host)
    {
        host = null;
        if (text is ['[', .. var inner, ']'])
        {
            if (AddressText.TryParse(inner, out var v6) && v6.AddressFamily == AddressFamily.InterNetworkV6)
                host = v6.ToString();
        }
        else if (AddressText.TryParseIpv4(text, out var v4))
        {
            host = v4.ToString();
        }
        else if (HostName.TryParse(text, out var name))
        {
            host = name.ToString();
        }
        return host is not null;
    }

    /// <summary>The host with the brackets that it needs before a port.</summary>
    public static string BeforePort(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
}
