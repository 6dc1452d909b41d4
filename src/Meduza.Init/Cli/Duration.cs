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

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
