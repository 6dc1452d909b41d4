using System.Diagnostics.CodeAnalysis;

namespace Meduza.Gateway.Model.Values;

/// <summary>
/// The name of a node, an instance or a peer. It becomes part of paths, service names and configuration lines, so it can
/// hold nothing that means something to any of them.
/// </summary>
public readonly record struct InstanceName : IComparable<InstanceName>
{
    /// <summary>What a name must look like, in words.</summary>
    public const string Expected = "1 to 63 letters, digits, '.', '_' or '-', beginning with a letter or digit, without '..'";

    private readonly string? _text;

    private InstanceName(string text) => _text = text;

    public static bool TryParse([NotNullWhen(true)] string? text, out InstanceName name)
    {
        name = default;
        if (text is null || text.Length is 0 or > 63 || !char.IsAsciiLetterOrDigit(text[0]))
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
                return false;
        }
        if (text.Contains("..", StringComparison.Ordinal))
            return false;
        name = new InstanceName(text);
        return true;
    }

    public int CompareTo(InstanceName other) => string.CompareOrdinal(_text, other._text);

    public static bool operator <(InstanceName left, InstanceName right) => left.CompareTo(right) < 0;
    public static bool operator >(InstanceName left, InstanceName right) => left.CompareTo(right) > 0;
    public static bool operator <=(InstanceName left, InstanceName right) => left.CompareTo(right) <= 0;
    public static bool operator >=(InstanceName left, InstanceName right) => left.CompareTo(right) >= 0;

    public override string ToString() => _text ?? "";
}

/// <summary>The name of a network device (netdevice(7): at most 15 bytes), with nothing in it that a configuration file could misread.</summary>
public readonly record struct DeviceName
{
    /// <summary>What a device name must look like, in words.</summary>
    public const string Expected = "a device name: 1 to 15 letters, digits, '.', '_' or '-', beginning with a letter or digit";

    private readonly string? _text;

    private DeviceName(string text) => _text = text;

    /// <exception cref="ArgumentException">It is none.</exception>
    public static DeviceName Of(string text) =>
        TryParse(text, out var name) ? name : throw new ArgumentException($"{text} is not {Expected}", nameof(text));

    public static bool TryParse([NotNullWhen(true)] string? text, out DeviceName name)
    {
        name = default;
        // "all" and "default" are folders beside the devices' own in /proc/sys/net/ipv4/conf.
        if (!InstanceName.TryParse(text, out _) || text.Length > 15 || text is "lo" or "all" or "default")
            return false;
        name = new DeviceName(text);
        return true;
    }

    public override string ToString() => _text ?? "";
}

/// <summary>A name in tinc's own syntax: letters, digits and <c>_</c> (tinc.conf(5), <c>Name</c>).</summary>
public readonly record struct TincName
{
    /// <summary>What a tinc name must look like, in words.</summary>
    public const string Expected = "a tinc name: 1 to 63 letters, digits or '_'";

    private readonly string? _text;

    private TincName(string text) => _text = text;

    public static bool TryParse([NotNullWhen(true)] string? text, out TincName name)
    {
        name = default;
        if (text is null || text.Length is 0 or > 63)
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
                return false;
        }
        name = new TincName(text);
        return true;
    }

    public override string ToString() => _text ?? "";
}
