using System.Diagnostics.CodeAnalysis;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.EasyTier;

/// <summary>Where EasyTier listens, or where somebody listens for it: <c>tcp://0.0.0.0:11010</c>.</summary>
/// <param name="Scheme">How packets go there, or how that is found out (<c>txt</c>, <c>srv</c>, <c>http</c>, <c>https</c>).</param>
/// <param name="Host">A name in lower case, or an address, an IPv6 one in brackets.</param>
/// <param name="Port">Null where the scheme says it.</param>
/// <param name="Path">With its slash; empty where there is none.</param>
public sealed record EasyTierUrl(string Scheme, string Host, Port? Port, string Path)
{
    /// <summary>What a listener must look like, in words.</summary>
    public const string ExpectedListener =
        "PROTOCOL:PORT or PROTOCOL://ADDRESS:PORT, the protocol one of tcp, udp, wg, quic, ws, wss, such as tcp:11010";

    /// <summary>What the address of a listener must look like, in words.</summary>
    public const string ExpectedMapped =
        "PROTOCOL://HOST:PORT, the protocol one of tcp, udp, wg, quic, ws, wss, such as tcp://gw.example.net:11010";

    /// <summary>What a peer must look like, in words.</summary>
    public const string ExpectedPeer =
        ExpectedMapped + "; or txt://NAME, srv://NAME, http://HOST/PATH, https://HOST/PATH, where peers are looked up";

    /// <summary>The protocol below; none where it is not known before it is looked up.</summary>
    public Transports Transports => Scheme switch
    {
        "tcp" or "ws" or "wss" => Transports.Tcp,
        "udp" or "wg" or "quic" => Transports.Udp,
        _ => Transports.None,
    };

    /// <summary>Reads <c>tcp:11010</c>, which means every IPv4 address of the machine, or <c>tcp://ADDRESS:11010</c>.</summary>
    public static bool TryParseListener(string? text, [NotNullWhen(true)] out EasyTierUrl? url)
    {
        url = null;
        if (text?.Split(':') is [var scheme, var number] && IsTransport(scheme) && Values.Port.TryParse(number, out var port))
            url = new EasyTierUrl(scheme, "0.0.0.0", port, "");
        else if (TryParse(text, out var whole) && IsTransport(whole.Scheme) && whole is { Port: not null, Path: "" } && IsAddress(whole.Host))
            url = whole;
        return url is not null;
    }

    /// <summary>Reads where others reach a listener.</summary>
    public static bool TryParseMapped(string? text, [NotNullWhen(true)] out EasyTierUrl? url) =>
        TryParse(text, out url) && IsTransport(url.Scheme) && (url.Port is not null || IsWeb(url.Scheme)) && (url.Path.Length == 0 || IsWeb(url.Scheme));

    /// <summary>Reads where a peer is, or where peers are looked up.</summary>
    public static bool TryParsePeer(string? text, [NotNullWhen(true)] out EasyTierUrl? url)
    {
        if (TryParseMapped(text, out url))
            return true;
        return TryParse(text, out url) && (url.Scheme is "http" or "https" || (url is { Scheme: "txt" or "srv", Port: null, Path: "" } && !IsAddress(url.Host)));
    }

    public override string ToString() => $"{Scheme}://{Host}{(Port is { } port ? $":{port}" : "")}{Path}";

    private static bool IsTransport(string scheme) => scheme is "tcp" or "udp" or "wg" or "quic" or "ws" or "wss";

    private static bool IsWeb(string scheme) => scheme is "ws" or "wss";

    private static bool IsAddress(string host) => host[0] == '[' || AddressText.TryParseIpv4(host, out _);

    private static bool TryParse(string? text, [NotNullWhen(true)] out EasyTierUrl? url)
    {
        url = null;
        var colon = text?.IndexOf("://", StringComparison.Ordinal) ?? -1;
        if (colon < 0)
            return false;
        var rest = text![(colon + 3)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var (authority, path) = slash < 0 ? (rest, "") : (rest[..slash], rest[slash..]);
        if (path.AsSpan().ContainsAnyExcept(CharacterSets.UrlPath))
            return false;
        Port? port = null;
        var end = authority.LastIndexOf(':');
        if (end > authority.LastIndexOf(']'))
        {
            if (!Values.Port.TryParse(authority[(end + 1)..], out var number))
                return false;
            (authority, port) = (authority[..end], number);
        }
        if (!HostText.TryParse(authority, out var host))
            return false;
        url = new EasyTierUrl(text[..colon], HostText.BeforePort(host), port, path);
        return true;
    }
}
