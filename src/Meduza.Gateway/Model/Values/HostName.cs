using System.Diagnostics.CodeAnalysis;

namespace Meduza.Gateway.Model.Values;

/// <summary>
/// A host's name in DNS (RFC 1123, section 2.1, with the <c>_</c> that real zones have): labels of letters, digits,
/// <c>-</c> and <c>_</c>, at most 63 bytes each and 253 together; kept in lower case, since DNS compares without case.
/// </summary>
public readonly record struct HostName : IComparable<HostName>
{
    private readonly string? _text;

    private HostName(string text) => _text = text;

    public static bool TryParse([NotNullWhen(true)] string? text, out HostName name)
    {
        name = default;
        if (text is null || text.Length is 0 or > 253)
            return false;
        foreach (var label in text.AsSpan().Split('.'))
        {
            if (!IsLabel(text.AsSpan()[label]))
                return false;
        }
        // What looks like an address is one to every resolver, whatever was meant.
        if (char.IsAsciiDigit(text[^1]) && !text.AsSpan(text.LastIndexOf('.') + 1).ContainsAnyExceptInRange('0', '9'))
            return false;
        name = new HostName(text.ToLowerInvariant());
        return true;
    }

    public int CompareTo(HostName other) => string.CompareOrdinal(_text, other._text);

    public static bool operator <(HostName left, HostName right) => left.CompareTo(right) < 0;
    public static bool operator >(HostName left, HostName right) => left.CompareTo(right) > 0;
    public static bool operator <=(HostName left, HostName right) => left.CompareTo(right) <= 0;
    public static bool operator >=(HostName left, HostName right) => left.CompareTo(right) >= 0;

    public override string ToString() => _text ?? "";

    private static bool IsLabel(ReadOnlySpan<char> label)
    {
        if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-')
            return false;
        foreach (var c in label)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                return false;
        }
        return true;
    }
}
