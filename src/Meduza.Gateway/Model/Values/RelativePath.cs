using System.Diagnostics.CodeAnalysis;

namespace Meduza.Gateway.Model.Values;

/// <summary>A file's path below a folder, which it cannot leave: names and slashes, no <c>.</c> and <c>..</c>.</summary>
public readonly record struct RelativePath : IComparable<RelativePath>
{
    /// <summary>What it must look like, in words.</summary>
    public const string Expected = "a path inside the folder: names with slashes between them, without . and .. and without a slash at either end";

    private readonly string? _text;

    private RelativePath(string text) => _text = text;

    public static bool TryParse([NotNullWhen(true)] string? text, out RelativePath path)
    {
        path = default;
        if (text is null || text.Length is 0 or > 200)
            return false;
        foreach (var name in text.Split('/'))
        {
            if (name is "" or "." or ".." || name[0] == ' ' || name[^1] == ' ')
                return false;
            foreach (var c in name)
            {
                if (Lines.IsControl(c) || char.IsSurrogate(c) || c == '\\')
                    return false;
            }
        }
        path = new RelativePath(text);
        return true;
    }

    public int CompareTo(RelativePath other) => string.CompareOrdinal(_text, other._text);

    public static bool operator <(RelativePath left, RelativePath right) => left.CompareTo(right) < 0;
    public static bool operator >(RelativePath left, RelativePath right) => left.CompareTo(right) > 0;
    public static bool operator <=(RelativePath left, RelativePath right) => left.CompareTo(right) <= 0;
    public static bool operator >=(RelativePath left, RelativePath right) => left.CompareTo(right) >= 0;

    public override string ToString() => _text ?? "";
}
