using System.Text;
using CsCheck;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Tests.Yaml;

public sealed class YamlWriterTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("two words", "two words")]
    [InlineData("🇭🇰 香港 01 | IEPL", "🇭🇰 香港 01 | IEPL")]
    [InlineData("DOMAIN-SUFFIX,google.com,🚀 Proxy", "DOMAIN-SUFFIX,google.com,🚀 Proxy")]
    [InlineData("https://example.com/?a=b#c", "\"https://example.com/?a=b#c\"")]
    [InlineData("", "\"\"")]
    [InlineData("true", "\"true\"")]
    [InlineData("No", "\"No\"")]
    [InlineData("on", "\"on\"")]
    [InlineData("y", "\"y\"")]
    [InlineData("null", "\"null\"")]
    [InlineData("~", "\"~\"")]
    [InlineData("1", "\"1\"")]
    [InlineData("0x1F", "\"0x1F\"")]
    [InlineData("0777", "\"0777\"")]
    [InlineData("1_000", "\"1_000\"")]
    [InlineData("1.5e3", "\"1.5e3\"")]
    [InlineData("12:30:45", "\"12:30:45\"")]
    [InlineData("2020-01-02", "\"2020-01-02\"")]
    [InlineData(".inf", "\".inf\"")]
    [InlineData(".NaN", "\".NaN\"")]
    [InlineData("+.inf", "\"+.inf\"")]
    [InlineData("-", "\"-\"")]
    [InlineData("- a", "\"- a\"")]
    [InlineData("a: b", "\"a: b\"")]
    [InlineData("a:", "\"a:\"")]
    [InlineData("a #b", "\"a #b\"")]
    [InlineData(" a", "\" a\"")]
    [InlineData("a ", "\"a \"")]
    [InlineData("<<", "\"<<\"")]
    [InlineData("=", "\"=\"")]
    [InlineData("---", "\"---\"")]
    [InlineData("...", "\"...\"")]
    [InlineData("say \"hi\"", "\"say \\\"hi\\\"\"")]
    [InlineData("\"hi\"", "\"\\\"hi\\\"\"")]
    [InlineData("a\\b: c", "\"a\\\\b: c\"")]
    [InlineData("tab\there", "\"tab\\there\"")]
    [InlineData("bell\u0007", "\"bell\\u0007\"")]
    [InlineData("x\u0085y\u2028z\ufeff", "\"x\\u0085y\\u2028z\\uFEFF\"")]
    [InlineData("\n", "\"\\n\"")]
    [InlineData(" a\nb", "\" a\\nb\"")]
    [InlineData("a\r\nb", "\"a\\u000D\\nb\"")]
    public void String_is_quoted_where_it_could_be_taken_for_something_else(string text, string written)
    {
        Assert.Equal(written + "\n", Written(YamlScalar.Of(text)));
        Assert.True(YamlScalar.Of(text).SameAs(Read(written)));
    }

    [Theory]
    [InlineData("a\nb", "k: |-\n  a\n  b\n")]
    [InlineData("a\n\n b\n", "k: |\n  a\n\n   b\n")]
    [InlineData("a\n\n", "k: |+\n  a\n\n")]
    [InlineData("# a: b\n- c\n", "k: |\n  # a: b\n  - c\n")]
    public void Lines_are_written_as_lines_where_that_is_exact(string text, string written)
    {
        var map = YamlMap.Empty.With("k", YamlScalar.Of(text));
        Assert.Equal(written, Written(map));
        Assert.True(map.SameAs(Read(written)));
    }

    [Fact]
    public void Collections_are_written_in_blocks()
    {
        const string text = """
            a:
              - x: 1
                w:
                  - - 1
                    - 2
                  - []
                z: {}
              - null
            b:
              c:
                d: true

            """;
        Assert.Equal(text, Written(Read(text)));
    }

    [Fact]
    public void Numbers_are_written_as_they_were()
    {
        const string text = "- 0x1F\n- 0777\n- 1e3\n- 1_000\n- 123456789012345678901234567890\n- .5\n- -.inf\n- 2020-01-02T03:04:05Z\n";
        Assert.Equal(text, Written(Read(text)));
    }

    [Fact]
    public void Whole_number_that_a_tag_makes_a_float_is_written_as_one() =>
        Assert.Equal("- 3.0\n- 16.0\n", Written(Read("- !!float 3\n- !!float 0x10\n")));

    [Fact]
    public void Any_document_is_read_back_as_it_was() => Documents.Sample(node =>
    {
        var written = YamlWriter.Write(node);
        Assert.True(node.SameAs(YamlReader.Read(written)), Encoding.UTF8.GetString(written.Span));
    }, iter: 20_000);

    private static readonly Gen<string> Texts = Gen.Frequency(
        (4, Gen.OneOf("a", "name", "true", "No", "~", "null", "1", "0o7", "-1.5", "1:30", "2001-1-1", "", " ", "\n", "a\nb", "a\n\n", "  x\ny", "x\n  y\n", "x\n \n", "# c", "a # b", "a: b", "k:", "- x", "[a]", "{a}", "&a", "*a", "!t", "|", ">", "%", "@", "`", "'q'", "\"d\"", "\\", "\t", "a\tb", "\ta\nb", "🇭🇰 香港", "é", "\u0000", "\u007f", "\u0085", "\u2028", "\u2029", "\ufeff", "\ufffe", "---", "...", "--- a", "<<", "=", "a,b", "?", "? a", ":", "::", ": a", new string('k', 300), new string('长', 1500))),
        (2, Gen.Char["ab:#- \n\t'\"\\,[]{}&*!|>%@0.1e\r?é香"].Array[0, 12].Select(chars => new string(chars))),
        (1, Gen.String[0, 20].Select(text => new string([.. text.Where(c => !char.IsSurrogate(c))]))));

    private static readonly Gen<YamlScalar> Scalars = Gen.Frequency(
        (3, Texts.Select(YamlScalar.Of)),
        (1, Gen.OneOf("~", "true", "False", "0x1F", "0777", "08", "-12", "+1", "1_0", "1.5", "1e9", ".5", ".inf", "-.INF", ".nan", "18446744073709551615", "99999999999999999999", "2001-12-14T21:59:43.1Z", "2001-1-2", "plain").Select(YamlScalar.OfPlain)));

    private static readonly Gen<YamlNode> Documents = Gen.Recursive<YamlNode>((depth, inner) => depth > 4
        ? Scalars.Select(scalar => (YamlNode)scalar)
        : Gen.Frequency(
            (3, Scalars.Select(scalar => (YamlNode)scalar)),
            (2, inner.Array[0, 4].Select(items => (YamlNode)new YamlSequence([.. items]))),
            (2, Gen.Select(Scalars, inner).Array[0, 4].Select(pairs => (YamlNode)new YamlMap([.. pairs.DistinctBy(pair => pair.Item1.Text).Select(pair => new YamlEntry(pair.Item1, pair.Item2))])))));

    private static string Written(YamlNode node) => Encoding.UTF8.GetString(YamlWriter.Write(node).Span);

    private static YamlNode Read(string text) => YamlReader.Read(Encoding.UTF8.GetBytes(text));
}
