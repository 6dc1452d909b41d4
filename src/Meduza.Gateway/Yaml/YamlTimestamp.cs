namespace Meduza.Gateway.Yaml;

/// <summary>
/// The texts that go-yaml v3 takes for timestamps: <c>2006-1-2</c>, <c>2006-1-2 15:4:5.9</c> and <c>2006-1-2T15:4:5.9Z</c>
/// or with an offset such as <c>+07:00</c>, as Go's <c>time.Parse</c> reads these layouts.
/// </summary>
internal static class YamlTimestamp
{
    public static bool Is(ReadOnlySpan<char> text)
    {
        if (text.Length < 8 || text[4] != '-' || text[..4].ContainsAnyExceptInRange('0', '9'))
            return false;
        var year = int.Parse(text[..4], provider: null);
        var rest = text[5..];
        if (!Number(ref rest, out var month) || month is < 1 or > 12 || !Take(ref rest, '-') || !Number(ref rest, out var day))
            return false;
        // The year 0 is a leap year to Go, and no year to .NET; 2000 is as long.
        if (day < 1 || day > DateTime.DaysInMonth(year == 0 ? 2000 : year, month))
            return false;
        if (rest.IsEmpty)
            return true;
        var zoned = rest[0] is 'T' or 't';
        if (!zoned && rest[0] != ' ')
            return false;
        // Go takes many spaces for one.
        rest = zoned ? rest[1..] : rest.TrimStart(' ');
        return TimeOfDay(ref rest) && (zoned ? Zone(rest) : rest.IsEmpty);
    }

    private static bool TimeOfDay(ref ReadOnlySpan<char> rest)
    {
        if (!Number(ref rest, out var hour) || hour > 23 || !Take(ref rest, ':')
            || !Number(ref rest, out var minute) || minute > 59 || !Take(ref rest, ':')
            || !Number(ref rest, out var second) || second > 59)
            return false;
        if (rest is ['.' or ',', >= '0' and <= '9', ..])
        {
            rest = rest[1..];
            rest = rest.TrimStart("0123456789");
        }
        return true;
    }

    private static bool Zone(ReadOnlySpan<char> rest) =>
        rest is "Z"
        || (rest is ['+' or '-', >= '0' and <= '9', >= '0' and <= '9', ':', >= '0' and <= '9', >= '0' and <= '9']
            && int.Parse(rest[1..3], provider: null) <= 24 && int.Parse(rest[4..], provider: null) <= 60);

    /// <summary>One digit, or two where two stand there.</summary>
    private static bool Number(ref ReadOnlySpan<char> rest, out int value)
    {
        value = 0;
        var length = 0;
        while (length < 2 && length < rest.Length && char.IsAsciiDigit(rest[length]))
            value = value * 10 + (rest[length++] - '0');
        rest = rest[length..];
        return length > 0;
    }

    private static bool Take(ref ReadOnlySpan<char> rest, char expected)
    {
        if (rest.IsEmpty || rest[0] != expected)
            return false;
        rest = rest[1..];
        return true;
    }
}
