using System.Buffers;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.OpenVpn;

/// <summary>What one argument of a directive may be.</summary>
/// <param name="Expected">In words.</param>
/// <param name="Accepts">Decides.</param>
internal sealed record DirectiveArgument(string Expected, Func<string, bool> Accepts)
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_.+-@!=?");

    public static DirectiveArgument Number(uint min, uint max) => new(
        $"a number {min}–{max}", text => AddressText.TryParseNumber(text, max, out var value) && value >= min);

    public static DirectiveArgument NumberOr(uint max, string word) => new(
        $"a number up to {max}, or {word}", text => text == word || AddressText.TryParseNumber(text, max, out _));

    public static DirectiveArgument OneOf(params string[] words) => new(string.Join('|', words), words.Contains);

    public static DirectiveArgument Ipv4 { get; } = new("an IPv4 address", text => AddressText.TryParseIpv4(text, out _));

    public static DirectiveArgument Ipv6 { get; } = new("an IPv6 address", text => text.Contains(':', StringComparison.Ordinal) && AddressText.TryParse(text, out _));

    public static DirectiveArgument Ipv6Network { get; } = new("an IPv6 address with /LENGTH", text => HostAddress.TryParse(text, out var host) && host.IsIpv6);

    public static DirectiveArgument Host { get; } = new("a host name or an address", text => Kinds.HostOrAddress.Read(text).Ok);

    public static DirectiveArgument Device { get; } = new("a device name", text => DeviceName.TryParse(text, out _));

    public static DirectiveArgument Port { get; } = new("a port", text => Values.Port.TryParse(text, out _));

    /// <summary>One name of a cipher, digest, curve or version, or several joined by colons.</summary>
    public static DirectiveArgument Names { get; } = new(
        "a name, or several joined by ':'",
        text => text.Length is > 0 and <= 2000 && !text.AsSpan().ContainsAnyExcept(NameCharacters)
            && text.Split(':').All(name => name.Any(char.IsAsciiLetterOrDigit)));

    public static DirectiveArgument Version { get; } = new(
        "a version of three numbers, such as 2.4.0", text => text.Split('.') is { Length: 3 } parts && parts.All(part => AddressText.TryParseNumber(part, 255, out _)));

    public static DirectiveArgument Fingerprint { get; } = new(
        "a SHA-256 fingerprint: 32 pairs of hexadecimal digits joined by ':'",
        text => text.Length == 95 && text.Split(':') is { Length: 32 } pairs && pairs.All(p => p.Length == 2 && p.All(char.IsAsciiHexDigit)));

    public static DirectiveArgument Mac { get; } = new("a MAC address", AddressText.IsMac);

    public static DirectiveArgument Hex { get; } = new("a hexadecimal number", text => text.Length is > 0 and <= 8 && text.All(char.IsAsciiHexDigit));

    /// <summary>Any text; it is written in quotes.</summary>
    public static DirectiveArgument Text { get; } = new("text", text => text.Length is > 0 and <= 256);

    /// <summary>An option for clients: a server joins all of them with commas, and ends where one has a comma of its own.</summary>
    public static DirectiveArgument Pushed { get; } = new("text without a comma", text => Text.Accepts(text) && !text.Contains(',', StringComparison.Ordinal));
}
