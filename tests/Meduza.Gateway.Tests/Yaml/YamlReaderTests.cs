using System.Collections.Immutable;
using System.Text;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Tests.Yaml;

public sealed class YamlReaderTests
{
    [Fact]
    public void Order_of_keys_and_types_of_values_are_kept()
    {
        var map = Map("b: 1\na: \"1\"\nc: [yes, true, ~, 1.5, 2020-01-02]\nd: {x: !!str 7, y: !!int \"8\", z: ! 9}\n");
        Assert.Equal(["b", "a", "c", "d"], map.Entries.Select(entry => entry.Key.Text));
        Assert.Equal(YamlType.IntNumber, Scalar(map["b"]).Type);
        Assert.Equal(YamlType.Str, Scalar(map["a"]).Type);
        Assert.Equal([YamlType.Str, YamlType.Bool, YamlType.Null, YamlType.FloatNumber, YamlType.Timestamp], Items(map["c"]).Select(item => Scalar(item).Type));
        Assert.Equal([YamlType.Str, YamlType.IntNumber, YamlType.IntNumber], ((YamlMap)map["d"]!).Entries.Select(entry => Scalar(entry.Value).Type));
    }

    [Fact]
    public void Text_of_all_languages_and_emoji_are_read_as_they_are()
    {
        var map = Map("\ufeffname: 🇭🇰 香港 01 | IEPL\nother: \"\\U0001F680 caf\\u00e9\"\n");
        Assert.Equal("🇭🇰 香港 01 | IEPL", Scalar(map["name"]).Text);
        Assert.Equal("🚀 café", Scalar(map["other"]).Text);
    }

    [Theory]
    [InlineData("a: |\n  one\n   two\n\n", "one\n two\n")]
    [InlineData("a: |-\n  one\n  two\n", "one\ntwo")]
    [InlineData("a: |+\n  one\n\n", "one\n\n")]
    [InlineData("a: >\n  one\n  two\n", "one two\n")]
    [InlineData("a: one\n  two\n", "one two")]
    [InlineData("a: 'it''s'\n", "it's")]
    [InlineData("a: \"x\\ty\\\n  z\"\n", "x\tyz")]
    public void Every_style_of_a_string_gives_its_text(string text, string expected)
    {
        Assert.Equal(expected, Scalar(Map(text)["a"]).Text);
        Assert.Equal(YamlType.Str, Scalar(Map(text)["a"]).Type);
    }

    [Fact]
    public void Aliases_stand_for_what_their_anchors_name()
    {
        var map = Map("a: &x {p: 1}\nb: *x\nc: [*x, &y two, *y]\nd: &x new\ne: *x\n");
        Assert.True(map["a"]!.SameAs(map["b"]));
        Assert.True(Items(map["c"])[0].SameAs(map["a"]));
        Assert.Equal("two", Scalar(Items(map["c"])[2]).Text);
        Assert.Equal("new", Scalar(map["e"]).Text);
    }

    [Theory]
    [InlineData("x: {<<: *a, p: 2}", "q: 1\np: 2")]
    [InlineData("x: {p: 2, <<: *a, r: 3}", "p: 2\nq: 1\nr: 3")]
    [InlineData("x: {<<: [*a, *b]}", "p: 1\nq: 1\ns: 5")]
    [InlineData("x: {<<: [*b, *a]}", "p: 5\ns: 5\nq: 1")]
    [InlineData("x: {<<: {<<: *a, p: 4}, z: 0}", "q: 1\np: 4\nz: 0")]
    [InlineData("x: {<<: []}", "{}")]
    [InlineData("x: {\"<<\": 1}", "\"<<\": 1")]
    [InlineData("x: {!!merge <<: *a}", "p: 1\nq: 1")]
    public void Merge_key_brings_in_what_the_map_does_not_have(string text, string expected)
    {
        var map = Map($"a: &a {{p: 1, q: 1}}\nb: &b {{p: 5, s: 5}}\n{text}\n");
        Assert.True(Read(expected).SameAs(map["x"]), Encoding.UTF8.GetString(YamlWriter.Write(map["x"]!).Span));
    }

    [Theory]
    [InlineData("a: 1\nb: 2\na: 3\n", 3, 1, "already")]
    [InlineData("a: {\"1\": x, 1: y}\n", 1, 13, "already")]
    [InlineData("<<: {a: 1}\n<<: {b: 1}\n", 2, 1, "already")]
    [InlineData("<<: 5\n", 1, 1, "<< takes a map")]
    [InlineData("<<: [{a: 1}, x]\n", 1, 1, "<< takes a map")]
    [InlineData("? [a]\n: 1\n", 1, 3, "cannot be a key")]
    [InlineData("a: *b\n", 1, 4, "anchor")]
    [InlineData("a: &a [*a]\n", 1, 8, "anchor")]
    [InlineData("a: 1\n---\nb: 2\n", 2, 1, "second document")]
    [InlineData("a: !!int x\n", 1, 4, "!!int")]
    [InlineData("a: !!bool yes\n", 1, 4, "!!bool")]
    [InlineData("a: !!binary aGk=\n", 1, 4, "!!binary")]
    [InlineData("a:\n  - \"\\ud83d\"\n", 2, 5, "surrogate")]
    [InlineData("a: [1, 2\nb: 3\n", 2, 1, "")]
    [InlineData("a: 1\n b: 2\n", 2, 3, "")]
    [InlineData("a: \"x\n", 1, 4, "")]
    [InlineData("a: b: c\n", 1, 5, "")]
    [InlineData("x: 1\ny: a\u0001b\n", 2, 5, "U+0001")]
    [InlineData("\0", 1, 1, "U+0000")]
    public void What_is_wrong_is_said_with_its_place(string text, int line, int column, string said)
    {
        var error = Assert.Throws<YamlReadException>(() => Read(text));
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.StartsWith($"line {line}, column {column}: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused()
    {
        var error = Assert.Throws<YamlReadException>(() => YamlReader.Read(new byte[] { (byte)'a', 0xff }));
        Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---\n")]
    public void Empty_document_is_null(string text) => Assert.True(YamlScalar.Null.SameAs(Read(text)));

    [Theory]
    [InlineData("!thing bar", "bar")]
    [InlineData("!!set-of-things 5", "5")]
    public void Scalar_with_a_tag_of_its_own_is_a_string(string text, string expected) =>
        Assert.True(YamlScalar.Of(expected).SameAs(Read(text)));

    private static YamlNode Read(string text) => YamlReader.Read(Encoding.UTF8.GetBytes(text));

    private static YamlMap Map(string text) => Assert.IsType<YamlMap>(Read(text));

    private static YamlScalar Scalar(YamlNode? node) => Assert.IsType<YamlScalar>(node);

    private static ImmutableArray<YamlNode> Items(YamlNode? node) => Assert.IsType<YamlSequence>(node).Items;
}
