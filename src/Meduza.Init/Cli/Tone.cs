namespace Meduza.Init.Cli;

/// <summary>What a piece of text is to the eye.</summary>
internal enum Tone
{
    Plain,
    Heading,
    Good,
    Pending,
    Bad,
    Faint,
}

/// <summary>Text with its tone, safe to print.</summary>
internal static class Tones
{
    /// <summary>The text as the terminal shows it in that tone (ECMA-48 SGR).</summary>
    public static string Paint(string text, Tone tone, bool colour) => !colour || tone == Tone.Plain || text.Length == 0
        ? text
        : $"\e[{Code(tone)}m{text}\e[0m";

    /// <summary>
    /// The text without what a terminal would obey: services log whatever they like, and keys hold whatever somebody
    /// wrote. Control characters become <c>\xNN</c>, tabs stay.
    /// </summary>
    public static string Clean(string text)
    {
        if (!text.Any(Obeyed))
            return text;
        return string.Concat(text.Select(c => Obeyed(c) ? $"\\x{(int)c:x2}" : $"{c}"));

        static bool Obeyed(char c) => char.IsControl(c) && c != '\t';
    }

    private static string Code(Tone tone) => tone switch
    {
        Tone.Heading => "1",
        Tone.Good => "32",
        Tone.Pending => "33",
        Tone.Bad => "31",
        _ => "2",
    };
}
