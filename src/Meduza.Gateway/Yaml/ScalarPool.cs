using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Meduza.Gateway.Yaml;

/// <summary>Makes scalars of events; equal ones are one, so that ten thousand proxies share their keys.</summary>
internal sealed class ScalarPool
{
    private const string CoreTags = "tag:yaml.org,2002:";

    // Long texts are seldom there twice, and what is there only once is not worth a place in a table.
    private const int Longest = 48;
    private const int Most = 32_768;

    private readonly Dictionary<string, YamlScalar> _plain = new(StringComparer.Ordinal);
    private readonly Dictionary<string, YamlScalar> _strings = new(StringComparer.Ordinal);

    /// <exception cref="YamlReadException">Its tag names a type that it is not of, or it is no text.</exception>
    public YamlScalar Make(Scalar scalar)
    {
        var (text, tag) = (scalar.Value, scalar.Tag);
        if (scalar.Style == ScalarStyle.DoubleQuoted && !IsText(text))
            throw new YamlReadException(scalar.Start.Line, scalar.Start.Column, "an escape makes half a character (a surrogate)");
        if (!tag.IsEmpty && !tag.IsNonSpecific)
            return Tagged(scalar, tag.Value);
        return scalar.Style == ScalarStyle.Plain ? Of(_plain, text, YamlScalar.OfPlain) : Of(_strings, text, YamlScalar.Of);
    }

    private static YamlScalar Of(Dictionary<string, YamlScalar> pool, string text, Func<string, YamlScalar> make)
    {
        if (pool.TryGetValue(text, out var known))
            return known;
        var made = make(text);
        if (text.Length <= Longest && pool.Count < Most)
            pool.Add(text, made);
        return made;
    }

    private static YamlScalar Tagged(Scalar scalar, string tag)
    {
        var name = tag.StartsWith(CoreTags, StringComparison.Ordinal) ? tag[CoreTags.Length..] : "";
        switch (name)
        {
            case "null" or "bool" or "int" or "float" or "timestamp":
                return CoreSchema.TypeOf(name, scalar.Value, out var canonical) is { } type
                    ? YamlScalar.Typed(type, canonical)
                    : throw new YamlReadException(scalar.Start.Line, scalar.Start.Column, $"the value is not what its tag !!{name} says");
            case "binary":
                throw new YamlReadException(scalar.Start.Line, scalar.Start.Column, "!!binary is not supported: write the text itself");
            default:
                // go-yaml reads whatever has a tag of its own as a string.
                return YamlScalar.Of(scalar.Value);
        }
    }

    private static bool IsText(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsHighSurrogate(text[i]) || ++i == text.Length || !char.IsLowSurrogate(text[i]))
                return false;
        }
        return true;
    }
}
