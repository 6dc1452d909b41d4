using System.Buffers;

namespace Meduza.Gateway.Model.Mosdns;

/// <summary>
/// What Go refuses as a regular expression (package regexp/syntax, flags Perl): its shape, without names of classes and without
/// what is too big. What is right here and wrong there is rare; what is wrong here is wrong there.
/// </summary>
internal ref struct GoRegexp
{
    private const int LongestRepeat = 1000;

    private readonly ReadOnlySpan<char> _text;
    private int _at;

    private GoRegexp(ReadOnlySpan<char> text) => _text = text;

    /// <returns>What is wrong with it, in words; null where nothing is.</returns>
    public static string? Problem(ReadOnlySpan<char> text) => new GoRegexp(text).Read();

    private readonly bool IsAtEnd => _at >= _text.Length;

    private string? Read()
    {
        var (depth, canRepeat, isRepeat) = (0, false, false);
        while (!IsAtEnd)
        {
            var (wasRepeat, c) = (isRepeat, _text[_at++]);
            isRepeat = false;
            string? problem = null;
            switch (c)
            {
                case '(':
                    var before = depth;
                    problem = Group(ref depth);
                    // Flags alone are nothing, and what is before them is repeated by what is after them.
                    canRepeat &= depth == before;
                    break;
                case ')':
                    if (--depth < 0)
                        return "a ) without a (";
                    canRepeat = true;
                    break;
                case '|':
                    canRepeat = false;
                    break;
                case '[':
                    problem = Class();
                    canRepeat = true;
                    break;
                case '\\':
                    problem = Escape(inClass: false);
                    canRepeat = true;
                    break;
                case '*' or '+' or '?':
                    isRepeat = true;
                    break;
                case '{' when Bounds(out problem):
                    isRepeat = true;
                    break;
                default:
                    canRepeat = true;
                    break;
            }
            if (problem is not null)
                return problem;
            if (!isRepeat)
                continue;
            if (wasRepeat)
                return "a repetition of a repetition";
            if (!canRepeat)
                return "a repetition of nothing";
            if (!IsAtEnd && _text[_at] == '?')
                _at++;
        }
        return depth > 0 ? "a ( without a )" : null;
    }

    /// <summary>After the bracket that begins it: what kind of group it is.</summary>
    private string? Group(ref int depth)
    {
        const string Unknown = "a kind of group that there is not, such as one that looks ahead or behind";
        if (IsAtEnd || _text[_at] != '?')
        {
            depth++;
            return null;
        }
        var rest = _text[(_at + 1)..];
        var named = rest.StartsWith("P<") ? 2 : rest.StartsWith("<") ? 1 : 0;
        if (named > 0)
        {
            var end = rest.IndexOf('>');
            if (end <= named || rest[named..end].ContainsAnyExcept(WordCharacters))
                return Unknown;
            _at += end + 2;
            depth++;
            return null;
        }
        // Flags: those before a minus are set, those after it are not.
        var flags = rest.IndexOfAny(':', ')');
        if (flags < 0 || rest[..flags].ContainsAnyExcept("imsU-") || rest[..flags].Count('-') > 1 || rest[..flags].EndsWith("-"))
            return Unknown;
        if (rest[flags] == ':')
            depth++;
        _at += flags + 2;
        return null;
    }

    private string? Class()
    {
        if (!IsAtEnd && _text[_at] == '^')
            _at++;
        for (var isFirst = true; ; isFirst = false)
        {
            if (IsAtEnd)
                return "a [ without a ]";
            if (_text[_at] == ']' && !isFirst)
            {
                _at++;
                return null;
            }
            if (_text[_at..].StartsWith("[:") && _text[_at..].IndexOf(":]") is > 0 and var named)
            {
                _at += named + 2;
                continue;
            }
            if (ClassCharacter(out var low) is { } wrong)
                return wrong;
            if (low is null || _at + 1 >= _text.Length || _text[_at] != '-' || _text[_at + 1] == ']')
                continue;
            _at++;
            if (ClassCharacter(out var high) is { } bad)
                return bad;
            if (high is null || high < low)
                return "a range that ends before it begins";
        }
    }

    /// <param name="character">Null where it stands for several, or is not looked into.</param>
    private string? ClassCharacter(out char? character)
    {
        character = _text[_at++];
        if (character != '\\')
            return null;
        character = !IsAtEnd && !char.IsAsciiLetterOrDigit(_text[_at]) ? _text[_at] : null;
        return Escape(inClass: true);
    }

    /// <summary>After a backslash.</summary>
    private string? Escape(bool inClass)
    {
        if (IsAtEnd)
            return "a \\ at its end";
        var c = _text[_at++];
        switch (c)
        {
            case 'Q' when !inClass:
                _at = _text[_at..].IndexOf("\\E") is >= 0 and var end ? _at + end + 2 : _text.Length;
                return null;
            case '0' or (>= '1' and <= '7') when c == '0' || (!IsAtEnd && _text[_at] is >= '0' and <= '7'):
                return null;
            case 'x':
                return Hexadecimal();
            case 'p' or 'P':
                return Property();
            case 'A' or 'b' or 'B' or 'z' when !inClass:
            case 'a' or 'f' or 'n' or 'r' or 't' or 'v' or 'd' or 'D' or 's' or 'S' or 'w' or 'W':
                return null;
            default:
                return char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c) ? null : $"\\{c}, which means nothing";
        }
    }

    private string? Hexadecimal()
    {
        const string Wrong = "a \\x without a number";
        var rest = _text[_at..];
        if (rest.StartsWith("{"))
        {
            var end = rest.IndexOf('}');
            if (end < 2 || rest[1..end].ContainsAnyExcept(HexadecimalDigits))
                return Wrong;
            _at += end + 1;
            return null;
        }
        if (rest.Length < 2 || rest[..2].ContainsAnyExcept(HexadecimalDigits))
            return Wrong;
        _at += 2;
        return null;
    }

    private string? Property()
    {
        var rest = _text[_at..];
        var length = rest.StartsWith("{") ? rest.IndexOf('}') + 1 : Math.Min(rest.Length, 1);
        _at += length;
        return length == 0 ? "a \\p without a name" : null;
    }

    /// <summary>After a brace: whether it is a repetition, and not just a brace.</summary>
    private bool Bounds(out string? problem)
    {
        problem = null;
        var end = _text[_at..].IndexOf('}');
        if (end < 1)
            return false;
        var bounds = _text.Slice(_at, end);
        var comma = bounds.IndexOf(',');
        var low = comma < 0 ? bounds : bounds[..comma];
        var high = comma < 0 ? bounds : bounds[(comma + 1)..];
        if (!IsNumber(low) || (!IsNumber(high) && !high.IsEmpty))
            return false;
        _at += end + 1;
        if (NumberOf(low) > LongestRepeat || (!high.IsEmpty && (NumberOf(high) > LongestRepeat || NumberOf(high) < NumberOf(low))))
            problem = $"a repetition of more than {LongestRepeat}, or of more than its most";
        return true;
    }

    private static bool IsNumber(ReadOnlySpan<char> text) => !text.IsEmpty && text.IndexOfAnyExceptInRange('0', '9') < 0 && (text.Length == 1 || text[0] != '0');

    private static int NumberOf(ReadOnlySpan<char> text) => text.Length > 4 ? int.MaxValue : int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static readonly SearchValues<char> WordCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private static readonly SearchValues<char> HexadecimalDigits = SearchValues.Create("0123456789ABCDEFabcdef");
}
