using System.Globalization;

namespace Meduza.Init.Cli;

/// <summary>Lengths of time as a person reads them.</summary>
internal static class Duration
{
    /// <summary>The two largest units: <c>12s</c>, <c>3m12s</c>, <c>2h5m</c>, <c>4d7h</c>. Never negative: clocks differ.</summary>
    public static string Text(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
            duration = TimeSpan.Zero;
        return duration switch
        {
            { TotalMinutes: < 1 } => Format($"{duration.Seconds}s"),
            { TotalHours: < 1 } => Format($"{duration.Minutes}m{duration.Seconds}s"),
            { TotalDays: < 1 } => Format($"{duration.Hours}h{duration.Minutes}m"),
            _ => Format($"{(long)duration.TotalDays}d{duration.Hours}h"),
        };
    }

    /// <summary>What took so long: <c>0.4 ms</c>, <c>41 ms</c>, <c>1.2 s</c>.</summary>
    public static string Taken(double milliseconds) => milliseconds switch
    {
        < 1 => Format($"{Math.Max(milliseconds, 0):0.0} ms"),
        < 1000 => Format($"{milliseconds:0} ms"),
        _ => Format($"{milliseconds / 1000:0.0} s"),
    };

    /// <summary>Reads what a person writes: seconds (<c>90</c>, <c>0.5</c>), or units as above (<c>90s</c>, <c>2m</c>, <c>1h30m</c>).</summary>
    /// <returns>Null where it is neither, or longer than a century.</returns>
    public static TimeSpan? Parse(string text)
    {
        const double Most = 100 * 366 * 86_400d;
        if (Number(text) is { } alone)
            return alone <= Most ? TimeSpan.FromSeconds(alone) : null;
        var (total, from, units) = (0d, 0, "dhms");
        while (from < text.Length)
        {
            var digits = text.AsSpan(from).IndexOfAnyExceptInRange('0', '9');
            // Each unit once, the larger ones first.
            if (digits < 1 || units.IndexOf(text[from + digits], StringComparison.Ordinal) is var unit && unit < 0)
                return null;
            total += Number(text.AsSpan(from, digits))!.Value * UnitSeconds(units[unit]);
            units = units[(unit + 1)..];
            from += digits + 1;
        }
        return from > 0 && total <= Most ? TimeSpan.FromSeconds(total) : null;
    }

    private static double UnitSeconds(char unit) => unit switch
    {
        'd' => 86_400,
        'h' => 3_600,
        'm' => 60,
        _ => 1,
    };

    private static double? Number(ReadOnlySpan<char> text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
