using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Meduza.Init.Agent.Preflights;

/// <summary>What a program said, as it can be shown to anybody: in one line, cut, without control characters and without secrets.</summary>
internal static class ProgramWords
{
    /// <summary>In characters.</summary>
    public const int Longest = 400;

    private const string Hidden = "(secret)";

    /// <summary>What is shorter would be found in any word.</summary>
    private const int ShortestSecret = 4;

    /// <param name="output">All of it.</param>
    /// <param name="chatter">A line with one of these is not shown.</param>
    /// <param name="secrets">What must not be shown, in any order.</param>
    /// <param name="names">What is shown by another name: paths of candidates by those of the files.</param>
    public static string Of(string output, ImmutableArray<string> chatter, IEnumerable<string> secrets, IEnumerable<(string From, string To)> names)
    {
        var lines = output.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !chatter.Any(word => line.Contains(word, StringComparison.Ordinal)));
        var text = string.Join("; ", lines);
        foreach (var (from, to) in names)
            text = text.Replace(from, to, StringComparison.Ordinal);
        return Clean(Hide(text, secrets));
    }

    /// <summary>Without these, also where they are escaped or cut short.</summary>
    public static string Hide(string text, IEnumerable<string> secrets)
    {
        // The longest first: one may be part of another.
        var lines = secrets.SelectMany(secret => secret.Split('\n', StringSplitOptions.TrimEntries)).Where(line => line.Length >= ShortestSecret);
        foreach (var secret in lines.Distinct().OrderByDescending(line => line.Length))
        {
            foreach (var form in (string[])[secret, Escaped(secret)])
                text = text.Replace(form, Hidden, StringComparison.Ordinal);
            // go-yaml shows a value that it cannot take by its first seven characters.
            if (secret.Length > 10)
                text = text.Replace(secret[..7] + "...", Hidden, StringComparison.Ordinal);
        }
        return text;
    }

    /// <summary>As it stands between the quotes of TOML, YAML and Go.</summary>
    private static string Escaped(string secret) =>
        secret.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    /// <summary>Colours go, and whatever else could disturb a terminal or a log is shown as its number.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder();
        foreach (var rune in WithoutColours(text).EnumerateRunes())
        {
            if (clean.Length >= Longest)
                return clean.Append('…').ToString();
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                clean.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
            else
                clean.Append(rune);
        }
        return clean.ToString();
    }

    /// <summary>Without the sequences that a terminal takes colours from (ECMA-48, SGR).</summary>
    private static string WithoutColours(string text)
    {
        for (int start; (start = text.IndexOf("\e[", StringComparison.Ordinal)) >= 0;)
        {
            var end = start + 2;
            while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == ';'))
                end++;
            if (end == text.Length || text[end] != 'm')
                break;
            text = text.Remove(start, end + 1 - start);
        }
        return text;
    }
}
