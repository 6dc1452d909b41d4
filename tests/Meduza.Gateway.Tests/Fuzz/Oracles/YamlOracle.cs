using System.Text.RegularExpressions;
using Meduza.Gateway.Yaml;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Meduza.Gateway.Tests.Fuzz.Oracles;

/// <summary>
/// A document as YamlDotNet's own reader has it, compared with the tree that it was written from: the same shape, the same
/// texts, and no string that any version of YAML takes for something else.
/// </summary>
internal static partial class YamlOracle
{
    public static YamlMappingNode Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return Assert.IsType<YamlMappingNode>(Assert.Single(stream.Documents).RootNode);
    }

    public static void AssertSame(Gateway.Yaml.YamlNode expected, YamlDotNet.RepresentationModel.YamlNode found, string path)
    {
        Assert.True(found.Anchor.IsEmpty && found.Tag.IsEmpty, $"{path} has a tag or an anchor");
        switch (expected, found)
        {
            case (YamlMap map, YamlMappingNode there):
                Assert.True(map.Entries.Select(entry => entry.Key.Text).SequenceEqual(Keys(there)), $"{path}: {string.Join(", ", Keys(there))}");
                foreach (var (entry, other) in map.Entries.Zip(there.Children))
                {
                    AssertSame(entry.Key, other.Key, $"{path}, a key");
                    AssertSame(entry.Value, other.Value, $"{path}/{entry.Key.Text}");
                }
                break;
            case (YamlSequence list, YamlSequenceNode there):
                Assert.True(list.Items.Length == there.Children.Count, $"{path} has {there.Children.Count} items");
                foreach (var (index, (item, other)) in list.Items.Zip(there.Children).Index())
                    AssertSame(item, other, $"{path}/{index}");
                break;
            case (YamlScalar scalar, YamlScalarNode there):
                Assert.True(scalar.Text == there.Value, $"{path} is {there.Value}, and not {scalar.Text}");
                Assert.True(scalar.Type == YamlType.Str || there.Style == ScalarStyle.Plain, $"{path} is in quotes, and was {scalar.Type}");
                Assert.False(scalar.Type == YamlType.Str && there.Style == ScalarStyle.Plain && OtherThanText.IsMatch(scalar.Text), $"{path} is text, and {scalar.Text} is not");
                break;
            default:
                Assert.Fail($"{path} is {found.NodeType}");
                break;
        }
    }

    public static IEnumerable<string> Keys(YamlMappingNode map) => map.Children.Keys.Select(key => Assert.IsType<YamlScalarNode>(key).Value!);

    /// <summary>What the types of YAML 1.1 (yaml.org/type) match besides text, sexagesimals, merges and values too.</summary>
    [GeneratedRegex(
        @"\A(|~|null|Null|NULL|y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF|<<|=" +
        @"|[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?0o[0-7_]+|[-+]?(0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?" +
        @"|[-+]?([0-9][0-9_]*)?\.?[0-9_]*([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)" +
        @"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?)\z")]
    private static partial Regex OtherThanText { get; }
}
