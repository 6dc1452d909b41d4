using System.Buffers;
using System.Text;

namespace Meduza.Gateway.Model.OpenVpn;

/// <summary>
/// Words of an OpenVPN configuration line, read and written by its own rules (openvpn(8), "--config"): separated by white
/// space; double quotes with backslash escapes, or single quotes without, hold a word together.
/// </summary>
internal static class DirectiveText
{
    /// <summary>Bytes of a line, without its end; openvpn 2.6 ends at a longer one (OPTION_LINE_SIZE in its options.h, tried).</summary>
    public const int LongestLine = 254;

    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/_+-,=@!");

    /// <summary>Splits a line into words; false where a quote is not closed.</summary>
    public static bool TrySplit(string line, out List<string> words)
    {
        words = [];
        StringBuilder? word = null;
        var quote = '\0';
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '\\' && quote != '\'' && i + 1 < line.Length)
                (word ??= new StringBuilder()).Append(line[++i]);
            else if (quote != '\0' && c == quote)
                quote = '\0';
            else if (quote != '\0')
                word!.Append(c);
            else if (c is '"' or '\'')
                (quote, word) = (c, word ?? new StringBuilder());
            else if (c is ' ' or '\t')
            {
                if (word is not null)
                    words.Add(word.ToString());
                word = null;
            }
            else
                (word ??= new StringBuilder()).Append(c);
        }
        if (word is not null)
            words.Add(word.ToString());
        return quote == '\0';
    }

    /// <summary>The line that openvpn reads as this directive.</summary>
    public static string Line(string name, IEnumerable<string> arguments) => string.Join(' ', [name, .. arguments.Select(Quote)]);

    /// <summary>True when openvpn reads the line to its end.</summary>
    public static bool Fits(string line) => Encoding.UTF8.GetByteCount(line) <= LongestLine;

    /// <summary>The word as it must be written so that OpenVPN reads exactly it. Without line breaks, which no quoting can hold.</summary>
    public static string Quote(string word)
    {
        if (word.Length > 0 && !word.AsSpan().ContainsAnyExcept(PlainCharacters))
            return word;
        return $"\"{word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }
}
