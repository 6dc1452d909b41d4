namespace Meduza.Gateway.Model.Values;

/// <summary>Text in lines, whichever of <c>\n</c>, <c>\r\n</c> and <c>\r</c> ends them.</summary>
public static class Lines
{
    /// <summary>The lines, trimmed, without the empty ones.</summary>
    public static IEnumerable<string> Items(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split(['\n', '\r'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The words of a line, by spaces and tabs.</summary>
    public static string[] Words(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>
    /// True for what may not appear within a line: control characters, and the separators that other readers of a file
    /// may take for a line's end.
    /// </summary>
    public static bool IsControl(char c) => char.IsControl(c) || c is '\u2028' or '\u2029' or '\ufeff';
}
