using System.Buffers;

namespace Meduza.Gateway.Model.Values;

/// <summary>The characters that some syntaxes are made of.</summary>
internal static class CharacterSets
{
    public static SearchValues<char> Ipv4 { get; } = SearchValues.Create("0123456789.");

    public static SearchValues<char> Ipv6 { get; } = SearchValues.Create("0123456789abcdefABCDEF:.");

    public static SearchValues<char> HexDigits { get; } = SearchValues.Create("0123456789abcdefABCDEF");

    public static SearchValues<char> Base64 { get; } =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    /// <summary>Path and query of a URL, without what would need an escape or a quote anywhere (RFC 3986).</summary>
    public static SearchValues<char> UrlPath { get; } =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/%?=&+");
}
