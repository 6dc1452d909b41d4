using System.Text;
using System.Text.Json;

namespace Meduza.Gateway.Render.Mihomo;

/// <summary>
/// A list of links, a proxy each, as other clients' subscriptions have it; perhaps the whole of it in base64. mihomo takes it for
/// a provider, too (<c>common/convert</c>).
/// <code>
/// vmess://BASE64({"add":SERVER,…})   ssr://BASE64(SERVER:PORT:…)   ss://BASE64(METHOD:PASSWORD@SERVER:PORT)#NAME
/// SCHEME://SECRET@SERVER:PORT?…#NAME
/// </code>
/// </summary>
internal static class ProxyLinks
{
    public static IEnumerable<string> Servers(string text) => (Decoded(text) ?? text)
        .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(Server).OfType<string>().Where(server => server.Length > 0);

    private static string? Server(string link)
    {
        var end = link.IndexOf("://", StringComparison.Ordinal);
        if (end < 0)
            return null;
        var (scheme, rest) = (link[..end], link[(end + 3)..].Split('#', '?', '/')[0]);
        return scheme switch
        {
            "vmess" when Decoded(link[(end + 3)..]) is { } json => Added(json),
            "ssr" when Decoded(link[(end + 3)..]) is { } parts => parts.Split(':')[0],
            _ when rest.Contains('@', StringComparison.Ordinal) => Host(rest),
            "ss" when Decoded(rest) is { } parts => Host(parts),
            _ => null,
        };
    }

    /// <summary>Of <c>SECRET@SERVER:PORT</c>.</summary>
    private static string Host(string authority)
    {
        var place = authority[(authority.LastIndexOf('@') + 1)..];
        var port = place.LastIndexOf(':');
        return port < 0 ? place : place[..port];
    }

    private static string? Added(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("add", out var server) && server.ValueKind == JsonValueKind.String
                ? server.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What is in base64, of either alphabet, with or without its end; null where it is not that.</summary>
    private static string? Decoded(string text)
    {
        text = text.Trim().Replace('-', '+').Replace('_', '/').TrimEnd('=');
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
