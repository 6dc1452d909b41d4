using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.Mosdns;

/// <summary>
/// What MosDNS (version 5) takes for a line of a list; at one that it does not take it ends. Its <c>pkg/matcher/domain</c> and
/// <c>pkg/matcher/netlist</c>, both <c>load_helper.go</c>, say so.
/// </summary>
public static class RuleLine
{
    /// <param name="line">Without its end.</param>
    /// <param name="reading">As what it is read; as several, it has to be each of them.</param>
    /// <returns>What is wrong with it, and what it should be; null where nothing is.</returns>
    public static string? Problem(string line, RuleReading reading)
    {
        ArgumentNullException.ThrowIfNull(line);
        return ((reading & RuleReading.Names) != 0 ? OfName(line) : null) ?? ((reading & RuleReading.Addresses) != 0 ? OfAddress(line) : null);
    }

    private static string? OfName(string line)
    {
        const string Expected = "expected a domain, or domain:, full:, keyword: or regexp: and what is to match, and nothing after it but a # comment";
        var rule = Before(line, '#').Trim();
        if (rule.IsEmpty)
            return null;
        foreach (var c in rule)
        {
            if (char.IsWhiteSpace(c))
                return $"{Quoted.Of(rule.ToString())} is more than one word: {Expected}";
        }
        var colon = rule.IndexOf(':');
        var type = colon < 0 ? "" : rule[..colon];
        if (type is not ("" or "domain" or "full" or "keyword" or "regexp"))
            return $"{Quoted.Of(rule.ToString())} is of no known kind: {Expected}";
        return type is "regexp" && GoRegexp.Problem(rule[(colon + 1)..]) is { } problem
            ? $"{Quoted.Of(rule.ToString())} is no regular expression that MosDNS reads ({problem}): write it in the syntax of RE2"
            : null;
    }

    private static string? OfAddress(string line)
    {
        var rule = Before(Before(line.AsSpan().Trim(), '#'), ' ');
        return rule.IsEmpty || IsAddress(rule)
            ? null
            : $"{Quoted.Of(rule.ToString())} is no address: expected one, or a network (10.0.0.0/8), and nothing after it but, after a space, a # comment";
    }

    private static bool IsAddress(ReadOnlySpan<char> text)
    {
        var slash = text.IndexOf('/');
        if (!AddressText.TryParse(slash < 0 ? text : text[..slash], out var address))
            return false;
        return slash < 0 || AddressText.TryParseNumber(text[(slash + 1)..], text.Contains(':') ? 128u : 32u, out _);
    }

    private static ReadOnlySpan<char> Before(ReadOnlySpan<char> text, char mark) => text.IndexOf(mark) is >= 0 and var at ? text[..at] : text;
}
