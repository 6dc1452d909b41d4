using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Meduza.Doubles.Yaml;

/// <summary>
/// What a Go program makes of a YAML node: go-yaml v3 decodes into typed fields and refuses what does not fit (<c>decode.go</c>,
/// <c>resolve.go</c>). A text field takes any scalar by its letters, a number none but a number.
/// </summary>
internal static partial class Typed
{
    private static readonly string[] True = ["true", "True", "TRUE"], False = ["false", "False", "FALSE"];

    // Of YAML 1.1, which go-yaml takes where the field is a flag.
    private static readonly string[] Flags = ["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF"];

    public static bool IsNull(YamlNode? node) =>
        node is null or YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };

    public static string Text(YamlNode node) =>
        node is YamlScalarNode scalar ? scalar.Value ?? "" : throw Mismatch(node, "string");

    public static int Number(YamlNode node)
    {
        if (node is YamlScalarNode { Style: ScalarStyle.Plain, Value: { } text } && Integers().IsMatch(text))
        {
            var isHex = text.StartsWith("0x", StringComparison.Ordinal);
            if (int.TryParse(isHex ? text[2..] : text, isHex ? NumberStyles.HexNumber : NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
                return number;
        }
        throw Mismatch(node, "int");
    }

    public static bool Flag(YamlNode node) => node is YamlScalarNode { Value: { } text } scalar
        && (scalar.Style == ScalarStyle.Plain && (True.Contains(text) || False.Contains(text)) || Flags.Contains(text))
            ? text[0] is 't' or 'T' or 'y' or 'Y' || text is "on" or "On" or "ON"
            : throw Mismatch(node, "bool");

    /// <summary>The items of a list; none where there is nothing.</summary>
    public static IEnumerable<YamlNode> List(YamlNode? node, string type) =>
        IsNull(node) ? [] : node is YamlSequenceNode list ? list.Children : throw Mismatch(node!, type);

    public static IEnumerable<string> Texts(YamlNode? node) => List(node, "[]string").Select(Text).ToList();

    /// <summary>A map by its keys; empty where there is nothing.</summary>
    public static IReadOnlyDictionary<string, YamlNode> Map(YamlNode? node, string type) => IsNull(node) ? new Dictionary<string, YamlNode>() : node is YamlMappingNode map
        ? map.Children.ToDictionary(entry => Text(entry.Key), entry => entry.Value)
        : throw Mismatch(node!, type);

    /// <summary>As go-yaml shows it: a long value by its beginning.</summary>
    public static ConfigException Mismatch(YamlNode node, string type)
    {
        var (tag, value) = node switch
        {
            YamlMappingNode => ("!!map", ""),
            YamlSequenceNode => ("!!seq", ""),
            YamlScalarNode { Value: { Length: > 10 } text } scalar => (TagOf(scalar), $" `{text[..7]}...`"),
            YamlScalarNode scalar => (TagOf(scalar), $" `{scalar.Value}`"),
            _ => ("!!null", ""),
        };
        return new($"yaml: unmarshal errors:\n  line {node.Start.Line}: cannot unmarshal {tag}{value} into {type}");
    }

    private static string TagOf(YamlScalarNode scalar) => scalar.Style != ScalarStyle.Plain ? "!!str"
        : scalar.Value is { } text && (True.Contains(text) || False.Contains(text)) ? "!!bool"
        : scalar.Value is { } number && Integers().IsMatch(number) ? "!!int"
        : "!!str";

    [GeneratedRegex("^([-+]?[0-9]+|0x[0-9a-fA-F]+)$")]
    private static partial Regex Integers();
}
