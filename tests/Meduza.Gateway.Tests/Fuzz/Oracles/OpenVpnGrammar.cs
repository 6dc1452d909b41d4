using System.Text;

namespace Meduza.Gateway.Tests.Fuzz.Oracles;

/// <summary>
/// Lines of a configuration as openvpn 2.6 reads them: its <c>read_config_file</c> and <c>parse_line</c> (options_parse.c),
/// with everything that they only warn of, or end at, as a failure.
/// </summary>
internal static class OpenVpnGrammar
{
    // OPTION_LINE_SIZE, which counts the line's end, and MAX_PARMS.
    private const int LongestLine = 254, LongestWord = 255, MostWords = 16;

    private enum State { Initial, Quoted, Unquoted, SingleQuoted }

    /// <summary>The words of each line that has any.</summary>
    public static IEnumerable<string[]> Read(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            Assert.True(Encoding.UTF8.GetByteCount(line) <= LongestLine, $"openvpn ends at so long a line: {line}");
            var words = Words(line);
            Assert.True(words.Count <= MostWords, $"openvpn reads no more than {MostWords} words: {line}");
            Assert.All(words, word => Assert.True(Encoding.UTF8.GetByteCount(word) <= LongestWord, $"openvpn takes no word of this length: {line}"));
            if (words.Count == 0)
                continue;
            Assert.False(words[0].StartsWith('<'), $"openvpn begins an inline file here: {line}");
            yield return [.. words];
        }
    }

    private static List<string> Words(string line)
    {
        List<string> words = [];
        var word = new StringBuilder();
        var (state, escaped) = (State.Initial, false);
        // The line's end is read as a character that is a space.
        foreach (var c in line + "\0")
        {
            if (!escaped && c == '\\' && state != State.SingleQuoted)
            {
                escaped = true;
                continue;
            }
            var (done, taken) = (false, false);
            switch (state)
            {
                case State.Initial when IsSpace(c):
                    break;
                case State.Initial when !escaped && c is '#' or ';':
                    return words;
                case State.Initial when !escaped && c is '"' or '\'':
                    state = c == '"' ? State.Quoted : State.SingleQuoted;
                    break;
                case State.Initial:
                    (state, taken) = (State.Unquoted, true);
                    break;
                case State.Unquoted:
                    done = !escaped && IsSpace(c);
                    taken = !done;
                    break;
                case State.Quoted:
                    done = !escaped && c == '"';
                    taken = !done;
                    break;
                default:
                    done = c == '\'';
                    taken = !done;
                    break;
            }
            Assert.False(escaped && taken && !(c is '\\' or '"' || IsSpace(c)), $"openvpn refuses the backslash: {line}");
            escaped = false;
            if (taken)
                word.Append(c);
            if (!done)
                continue;
            Assert.True(word.Length > 0, $"openvpn aborts at an empty word: {line}");
            words.Add(word.ToString());
            word.Clear();
            state = State.Initial;
        }
        Assert.True(state == State.Initial && !escaped, $"openvpn misses the end of a word: {line}");
        return words;
    }

    private static bool IsSpace(char c) => c is '\0' or ' ' or '\t' or '\n' or '\v' or '\f' or '\r';
}
