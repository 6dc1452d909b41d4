using System.Buffers;
using System.Text;

namespace Meduza.Gateway.Model.OpenVpn;

/// <summary>
/// Words of an OpenVPN configuration line, read and written as openvpn 2.6 itself does (openvpn(8), "--config"; what the
/// page leaves open was tried). White space parts them. A quote means something at the beginning of a word alone, and its
/// partner ends that word: <c>a"b"</c> is one word with two quotes in it, <c>"a"b</c> is two words. A backslash takes the
/// meaning from a white space, a double quote or a backslash, and stands before nothing else, but in single quotes, where
/// it is a character. <c>#</c> and <c>;</c> at the beginning of a word make the rest of the line a comment.
/// </summary>
internal static class DirectiveText
{
    /// <summary>Bytes of a line, without its end; openvpn 2.6 ends at a longer one (OPTION_LINE_SIZE in its options.h, tried).</summary>
    public const int LongestLine = 254;

    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/_+-,=@!");

    /// <summary>Splits a line into words.</summary>
    /// <returns>What openvpn would not read; null where it reads all of it.</returns>
    public static string? Split(string line, out List<string> words)
    {
        words = [];
        var word = new StringBuilder();
        for (var i = 0; ;)
        {
            while (i < line.Length && IsSpace(line[i]))
                i++;
            if (i == line.Length || line[i] is '#' or ';')
                return null;
            var quote = line[i] is '"' or '\'' ? line[i++] : '\0';
            for (word.Clear(); i < line.Length && !EndsWord(line[i], quote); word.Append(line[i++]))
            {
                if (line[i] == '\\' && quote != '\'' && (++i == line.Length || !(IsSpace(line[i]) || line[i] is '"' or '\\')))
                    return @"a \ stands before something else than "", \ or a space";
            }
            if (quote != '\0' && i++ == line.Length)
                return "a quote is not closed";
            words.Add(word.ToString());
        }
    }

    private static bool IsSpace(char c) => c is ' ' or (>= '\t' and <= '\r');

    private static bool EndsWord(char c, char quote) => quote == '\0' ? IsSpace(c) : c == quote;

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
