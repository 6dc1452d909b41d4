using System.Buffers;

namespace Meduza.Gateway.Yaml;

/// <summary>The ways to write a string.</summary>
internal enum ScalarForm
{
    /// <summary>As it is.</summary>
    Plain,

    /// <summary>In double quotes, on one line.</summary>
    Quoted,

    /// <summary>Its lines as they are, after a <c>|</c>.</summary>
    Literal,
}

/// <summary>
/// How a string is written so that it is read back as that string by YAML 1.1 and 1.2 alike. What could be taken for
/// anything else is quoted, also where go-yaml would not take it so: quotes change nothing.
/// </summary>
internal static class ScalarStyles
{
    /// <summary>Begins plain text.</summary>
    private static readonly SearchValues<char> Beginnings = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+(");

    /// <summary>Stands anywhere in plain text; a space between two of these does too, and what is not ASCII.</summary>
    private static readonly SearchValues<char> Harmless = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,@+=()|");

    /// <summary>What numbers of any base, times of base 60 and timestamps are made of.</summary>
    private static readonly SearchValues<char> Numeric = SearchValues.Create("0123456789abcdefABCDEFxXoO_.,:+-TtZz ");

    public static ScalarForm Of(string text, bool oneLine) =>
        IsPlain(text) ? ScalarForm.Plain : !oneLine && IsLiteral(text) ? ScalarForm.Literal : ScalarForm.Quoted;

    /// <summary>How many characters at the start can stand in double quotes as they are.</summary>
    public static int RunWithoutEscape(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '"' or '\\' || !IsPrintable(text[i]))
                return i;
        }
        return text.Length;
    }

    private static bool IsPlain(string text)
    {
        if (text.Length == 0 || text[^1] == ' ' || (text[0] < 0x80 && !Beginnings.Contains(text[0])))
            return false;
        if (text[0] is '.' or '+' or (>= '0' and <= '9') && !text.AsSpan().ContainsAnyExcept(Numeric))
            return false;
        if (text.Length <= 5 && IsReserved(text))
            return false;
        var first = text.AsSpan().IndexOfAnyExcept(Harmless);
        for (var i = first < 0 ? text.Length : first; i < text.Length; i++)
        {
            var c = text[i];
            if (c < 0x80 ? c != ' ' && !Harmless.Contains(c) : !IsPrintable(c))
                return false;
        }
        return true;
    }

    /// <summary>Null and the booleans, those of YAML 1.1 too.</summary>
    private static bool IsReserved(string text) => text.ToUpperInvariant() is
        "NULL" or "TRUE" or "FALSE" or "YES" or "NO" or "ON" or "OFF" or "Y" or "N" or ".INF" or ".NAN" or "+.INF";

    /// <summary>
    /// Several lines, the first of which shows how far all are indented, and none of which ends in a space: readers do not
    /// agree about a last line of spaces.
    /// </summary>
    private static bool IsLiteral(string text)
    {
        if (!text.Contains('\n') || text[0] is '\n' or ' ' || text[^1] == ' ' || text.Contains(" \n", StringComparison.Ordinal))
            return false;
        foreach (var c in text)
        {
            if (c != '\n' && !IsPrintable(c))
                return false;
        }
        return true;
    }

    /// <summary>
    /// YAML 1.2.2, 5.1, without tabs and without what YAML 1.1 takes for a line's end. Surrogates are halves of what is
    /// printable: a scalar that is read has them in pairs.
    /// </summary>
    private static bool IsPrintable(char c) => c is (>= ' ' and <= '~') or (>= '\u00a0' and not ('\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff'));
}
