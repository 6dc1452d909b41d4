namespace Meduza.Init.Supervise.Logs;

/// <summary>
/// How grave a line is, where it says so as sd-daemon(3) has it: <c>&lt;4&gt;</c> before its text, the number one of
/// syslog(3)'s levels. Nothing else of a line is looked at.
/// </summary>
internal static class LineLevel
{
    /// <param name="text">The line without its mark, or as it is.</param>
    /// <returns>What stands before it on the console: nothing for a line that is not grave, or does not say.</returns>
    public static ReadOnlySpan<byte> Word(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> text)
    {
        text = line;
        if (line is not [(byte)'<', >= (byte)'0' and <= (byte)'7', (byte)'>', ..])
            return [];
        text = line[3..];
        return line[1] switch
        {
            <= (byte)'3' => "error: "u8,
            (byte)'4' => "warning: "u8,
            _ => [],
        };
    }
}
