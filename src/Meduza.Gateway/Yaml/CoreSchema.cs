using System.Globalization;

namespace Meduza.Gateway.Yaml;

/// <summary>
/// Which type a text has that stands in a document without quotes: as go-yaml v3 decides it (<c>resolve.go</c>), since
/// that is what mihomo and MosDNS read with. It is the core schema of YAML 1.2 and, of 1.1, timestamps, octals such as
/// <c>0777</c>, binary numbers and underscores between digits. <c>yes</c>, <c>no</c>, <c>on</c> and <c>off</c> are strings.
/// </summary>
internal static class CoreSchema
{
    public static YamlType TypeOf(ReadOnlySpan<char> text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => YamlType.Null,
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => YamlType.Bool,
        ['.' or '+' or '-' or (>= '0' and <= '9'), ..] => TypeOfNumeric(text, true),
        _ => YamlType.Str,
    };

    /// <summary>The type of a text with a tag that names a type; null where the text is none of it.</summary>
    /// <param name="tag">What follows <c>tag:yaml.org,2002:</c>.</param>
    /// <param name="text">The text, in whatever quotes it stood.</param>
    /// <param name="canonical">What is to be written for it.</param>
    public static YamlType? TypeOf(string tag, string text, out string canonical)
    {
        canonical = text;
        var numeric = text.Length > 0 && text[0] is '.' or '+' or '-' or (>= '0' and <= '9');
        var type = numeric ? TypeOfNumeric(text, tag == "timestamp") : TypeOf(text);
        if (tag == "float" && type == YamlType.IntNumber)
        {
            // go-yaml makes no float of what only fits an unsigned number.
            if (!TryInteger(text.Replace("_", "", StringComparison.Ordinal), out var value) || value < long.MinValue || value > long.MaxValue)
                return null;
            canonical = ((long)value).ToString(CultureInfo.InvariantCulture) + ".0";
            return YamlType.FloatNumber;
        }
        return (tag, type) switch
        {
            ("null", YamlType.Null) or ("bool", YamlType.Bool) or ("int", YamlType.IntNumber) or ("float", YamlType.FloatNumber)
                or ("timestamp", YamlType.Timestamp) => type,
            _ => null,
        };
    }

    private static YamlType TypeOfNumeric(ReadOnlySpan<char> text, bool timestamps)
    {
        if (text is ".nan" or ".NaN" or ".NAN" || text.TrimStart("+-") is ".inf" or ".Inf" or ".INF" && text.LastIndexOfAny('+', '-') <= 0)
            return YamlType.FloatNumber;
        if (text[0] == '.')
            return IsFloat(text, underscores: true) ? YamlType.FloatNumber : YamlType.Str;
        if (timestamps && YamlTimestamp.Is(text))
            return YamlType.Timestamp;
        // The longest number that is an integer is "-0b" and 64 digits; what is far longer can only be a float.
        var digits = text.Contains('_') ? text.ToString().Replace("_", "", StringComparison.Ordinal) : text;
        if (digits.Length < 128 && TryInteger(digits, out _))
            return YamlType.IntNumber;
        return IsFloat(digits, underscores: false) ? YamlType.FloatNumber : YamlType.Str;
    }

    /// <summary>Go's <c>ParseInt(text, 0, 64)</c>, then <c>ParseUint</c>, then the forms that go-yaml adds.</summary>
    private static bool TryInteger(ReadOnlySpan<char> text, out Int128 value)
    {
        var signed = text.Length > 0 && text[0] is '+' or '-';
        var magnitude = signed ? text[1..] : text;
        var radix = magnitude switch
        {
            ['0', 'x' or 'X', ..] => 16,
            ['0', 'b' or 'B', ..] => 2,
            ['0', _, ..] => 8,
            _ => 10,
        };
        var digits = magnitude[(radix == 10 ? 0 : magnitude[1] is 'x' or 'X' or 'b' or 'B' or 'o' or 'O' ? 2 : 1)..];
        var negative = signed && text[0] == '-';
        if (TryMagnitude(digits, radix, out value))
        {
            value = negative ? -value : value;
            return value >= long.MinValue && (value <= long.MaxValue || (!signed && value <= ulong.MaxValue));
        }
        // go-yaml gives what follows 0b and 0o to a parser that takes a sign there.
        if (!signed && magnitude is ['0', 'b' or 'o', '+' or '-', ..] && TryMagnitude(digits[1..], radix, out value))
        {
            value = digits[0] == '-' ? -value : value;
            return value >= long.MinValue && value <= long.MaxValue;
        }
        return false;
    }

    private static bool TryMagnitude(ReadOnlySpan<char> digits, int radix, out Int128 value)
    {
        value = 0;
        if (digits.IsEmpty)
            return false;
        foreach (var c in digits)
        {
            var digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiHexDigit(c) ? (c | 0x20) - 'a' + 10 : radix;
            if (digit >= radix)
                return false;
            value = value * radix + digit;
            if (value > ulong.MaxValue)
                return false;
        }
        return true;
    }

    /// <summary>Digits with a point and an exponent; what is too large for a double is none, as in Go.</summary>
    private static bool IsFloat(ReadOnlySpan<char> text, bool underscores)
    {
        var rest = text.Length > 0 && text[0] is '+' or '-' ? text[1..] : text;
        var whole = TakeDigits(ref rest, underscores);
        var fraction = 0;
        if (rest is ['.', ..])
        {
            rest = rest[1..];
            fraction = TakeDigits(ref rest, underscores);
        }
        if (whole + fraction == 0)
            return false;
        if (rest is ['e' or 'E', ..])
        {
            rest = rest[1..];
            if (rest is ['+' or '-', ..])
                rest = rest[1..];
            if (TakeDigits(ref rest, underscores) == 0)
                return false;
        }
        return rest.IsEmpty
            && double.TryParse(text.ToString().Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value);
    }

    /// <summary>Steps over digits, and over underscores that stand between two of them.</summary>
    private static int TakeDigits(ref ReadOnlySpan<char> rest, bool underscores)
    {
        var taken = 0;
        while (taken < rest.Length)
        {
            var between = underscores && rest[taken] == '_' && taken > 0 && char.IsAsciiDigit(rest[taken - 1])
                && taken + 1 < rest.Length && char.IsAsciiDigit(rest[taken + 1]);
            if (!char.IsAsciiDigit(rest[taken]) && !between)
                break;
            taken++;
        }
        rest = rest[taken..];
        return taken;
    }
}
