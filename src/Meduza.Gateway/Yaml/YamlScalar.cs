using System.Globalization;

namespace Meduza.Gateway.Yaml;

/// <summary>The types that scalars have.</summary>
public enum YamlType
{
    Str,
    Null,
    Bool,
    IntNumber,
    FloatNumber,
    Timestamp,
}

/// <summary>
/// A single value. Whatever its type, its text is kept as it was written (<c>0x1F</c>, <c>1e3</c>, <c>0777</c>), since a
/// reader may want a number as text, and writing it so gives every reader what it had.
/// </summary>
public sealed class YamlScalar : YamlNode
{
    private YamlScalar(YamlType type, string text) : base(new YamlSize(1, text.Length, 1)) => (Type, Text) = (type, text);

    public static YamlScalar Null { get; } = new(YamlType.Null, "null");

    public static YamlScalar True { get; } = new(YamlType.Bool, "true");

    public static YamlScalar False { get; } = new(YamlType.Bool, "false");

    public YamlType Type { get; }

    /// <summary>The string itself; of null and the booleans the canonical word; of the rest what was written.</summary>
    public string Text { get; }

    /// <summary>A string, whatever it looks like.</summary>
    public static YamlScalar Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new YamlScalar(YamlType.Str, text);
    }

    public static YamlScalar Of(bool value) => value ? True : False;

    public static YamlScalar Of(long value) => new(YamlType.IntNumber, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>What a text without quotes and tag means.</summary>
    public static YamlScalar OfPlain(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Typed(CoreSchema.TypeOf(text), text);
    }

    /// <summary>A text that is known to be written as one of that type.</summary>
    internal static YamlScalar Typed(YamlType type, string text) => type switch
    {
        YamlType.Null => Null,
        YamlType.Bool => text[0] is 't' or 'T' ? True : False,
        _ => new YamlScalar(type, text),
    };

    public override bool SameAs(YamlNode? other) => other is YamlScalar scalar && scalar.Type == Type && scalar.Text == Text;

    public override string ToString() => Text;
}
