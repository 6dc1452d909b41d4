using System.Text;
using CsCheck;
using Meduza.Gateway.Model;
using Meduza.Init.Cli;
using Meduza.Init.Cli.KeyFiles;

namespace Meduza.Init.Tests.Cli.KeyFiles;

public class KeyTextTests
{
    [Fact]
    public void Yaml_is_a_flat_sorted_map_with_lines_as_lines() => Assert.Equal(
        """
        /global/empty: ""
        /global/number: "1400"
        /global/text: |
          -----BEGIN KEY-----
            indented
          -----END KEY-----
        /nodes/gw1/bytes: !!binary "/wA="
        /nodes/gw1/lan: "10.0.0.0/24 \"quoted\" \\ \U00000007"

        """,
        KeyText.Yaml(Some()));

    [Fact]
    public void Json_is_a_flat_sorted_object() => Assert.Equal(
        """
        {
          "/global/empty": "",
          "/global/number": "1400",
          "/global/text": "-----BEGIN KEY-----\n  indented\n-----END KEY-----\n",
          "/nodes/gw1/bytes": {
            "base64": "/wA="
          },
          "/nodes/gw1/lan": "10.0.0.0/24 \"quoted\" \\ \u0007"
        }

        """,
        KeyText.Json(Some()));

    [Fact]
    public void No_key_at_all_is_a_file_too()
    {
        Assert.Empty(Read(KeyText.Yaml(Snapshot.Empty)).Keys);
        Assert.Empty(Read(KeyText.Json(Snapshot.Empty)).Keys);
    }

    /// <summary>Text that YAML finds hard, among any other.</summary>
    private static readonly Gen<string> Text = Gen.OneOf(
        One("\n", " ", "\t", "\r", "\r\n", ":", "#", "- ", "'", "\"", "\\", "|", ">", "&a", "*a", "!", "%", "@", "`", "{", "[", "~", "null", "a", "=",
            "0", "\0", "\u0085", "\u2028", "\ufeff", "é", "漢", "🙂", "---", "...", "\n\n", "  ", "? ", "<<", new string('x', 300)).Array[0, 12].Select(string.Concat),
        One("", " ", "\n", "\n\n", "a\n\n", "a\n ", " a\nb", "a \nb", "a\n\tb", "\ta\nb", "---\na\n", "...\n", "# a\nb", "a: b\nc: d\n", "🙂", "漢字\nかな\n", "true", "1400", "~"),
        Gen.String);

    private static Gen<string> One(params string[] of) => Gen.Int[0, of.Length - 1].Select(i => of[i]);

    private static readonly Gen<byte[]> Value = Gen.OneOf(Text.Select(Encoding.UTF8.GetBytes), Gen.Byte.Array[0, 30]);

    [Fact]
    public void Any_keys_come_back_as_they_were() => Gen.Select(Text, Value).List[0, 8].Sample(
        list =>
        {
            var keys = list.Select(k => KeyValuePair.Create("/" + k.Item1.Replace("\uFFFD", "", StringComparison.Ordinal), (ReadOnlyMemory<byte>)k.Item2))
                .Where(k => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(k.Key)) == k.Key)
                .DistinctBy(k => k.Key);
            var snapshot = new Snapshot(0, KeySpace.Of(keys));
            return Same(snapshot, Read(KeyText.Yaml(snapshot))) && Same(snapshot, Read(KeyText.Json(snapshot)));
        },
        iter: 20_000);

    [Fact]
    public void Key_whose_name_is_not_utf8_is_told()
    {
        var error = Assert.Throws<CommandException>(() => KeyText.Yaml(Of(("/nodes/\uFFFD", "1"u8.ToArray()))));
        Assert.Equal("the name of key \"/nodes/\uFFFD\" is not UTF-8, and no file of keys can hold it: delete it with etcdctl", error.Message);
    }

    private static Snapshot Some() => Of(
        ("/nodes/gw1/lan", "10.0.0.0/24 \"quoted\" \\ \a"u8.ToArray()), ("/nodes/gw1/bytes", [0xff, 0x00]), ("/global/number", "1400"u8.ToArray()),
        ("/global/empty", []), ("/global/text", "-----BEGIN KEY-----\n  indented\n-----END KEY-----\n"u8.ToArray()));

    private static Snapshot Of(params (string Key, byte[] Value)[] keys) =>
        new(0, KeySpace.Of(keys.Select(k => KeyValuePair.Create(k.Key, (ReadOnlyMemory<byte>)k.Value))));

    private static Snapshot Read(string text) => KeyFile.Parse("keys", Encoding.UTF8.GetBytes(text));

    private static bool Same(Snapshot one, Snapshot other) =>
        one.Keys.Count == other.Keys.Count && one.Keys.All(k => other.Keys.TryGetValue(k.Key, out var value) && value.Span.SequenceEqual(k.Value.Span));
}
