using System.Text;
using CsCheck;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Tests.Yaml;

/// <summary>Documents made to cost more than they weigh. Each of these tests ends soon, or it does not end.</summary>
public sealed class HostileDocumentTests
{
    public static TheoryData<string, string> Nests => new()
    {
        { "lists in one line", new string('[', 1_000_000) },
        { "maps in one line", string.Concat(Enumerable.Repeat("{a: ", 1_000_000)) },
        { "lists with a dash", string.Concat(Enumerable.Repeat("- ", 1_000_000)) },
        { "keys with a mark", string.Concat(Enumerable.Repeat("? ", 1_000_000)) },
        { "lists that are closed", new string('[', 500_000) + new string(']', 500_000) },
        { "lists with tags", string.Concat(Enumerable.Repeat("!!seq [", 300_000)) },
        { "lists as keys", string.Concat(Enumerable.Repeat("[", 120)) + string.Concat(Enumerable.Repeat("]: x", 120)) },
    };

    [Theory]
    [MemberData(nameof(Nests))]
    public void Endless_nesting_is_refused(string what, string text)
    {
        var error = Assert.Throws<YamlReadException>(() => Read(text));
        Assert.True(error.Message.Contains("within each other", StringComparison.Ordinal), $"{what}: {error.Message}");
    }

    [Fact]
    public void Nesting_by_indentation_is_refused()
    {
        var text = string.Concat(Enumerable.Range(0, 2_000).Select(i => new string(' ', i) + "a:\n"));
        Assert.Contains("within each other", Assert.Throws<YamlReadException>(() => Read(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_by_aliases_is_refused()
    {
        var text = "a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, 500).Select(i => $"a{i}: &a{i} [*a{i - 1}]\n"));
        Assert.Contains("within each other", Assert.Throws<YamlReadException>(() => Read(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deepest_document_that_is_read_can_be_written_and_compared()
    {
        var limit = new YamlLimits().Depth;
        var node = Read(new string('[', limit) + new string(']', limit));
        Assert.True(node.SameAs(YamlReader.Read(YamlWriter.Write(node))));
        Assert.Throws<YamlReadException>(() => Read(new string('[', limit + 1) + new string(']', limit + 1)));
    }

    [Theory]
    [InlineData("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n", "a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n")]
    [InlineData("a0: &a0 {a: 1, b: 2}\n", "a{0}: &a{0} {{a: *a{1}, b: *a{1}, c: *a{1}, d: *a{1}}}\n")]
    [InlineData("a0: &a0 {k0: 1}\n", "a{0}: &a{0} {{<<: *a{1}, k{0}: *a{1}, l{0}: *a{1}}}\n")]
    public void Aliases_of_aliases_are_counted_and_refused(string first, string next)
    {
        var text = first + string.Concat(Enumerable.Range(1, 60).Select(i => string.Format(null, next, i, i - 1)));
        Assert.Contains("aliases written out", Assert.Throws<YamlReadException>(() => Read(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_text_with_many_aliases_is_refused()
    {
        var text = $"a: &a {new string('x', 100_000)}\nb: [{string.Join(", ", Enumerable.Repeat("*a", 10_000))}]\n";
        Assert.Contains("characters", Assert.Throws<YamlReadException>(() => Read(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_bytes_are_refused_unread()
    {
        var error = Assert.Throws<YamlReadException>(() => YamlReader.Read(new byte[(16 << 20) + 1]));
        Assert.Contains("16777216", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> LargeTexts => new()
    {
        { "one list in one line", "[" + string.Concat(Enumerable.Repeat("a,", 300_000)) + "]" },
        { "one map in one line", "{" + string.Concat(Enumerable.Range(0, 200_000).Select(i => $"k{i}: 1,")) + "}" },
        { "one map of many lines", string.Concat(Enumerable.Range(0, 200_000).Select(i => $"k{i}: 1\n")) },
        { "one string", "\"" + new string('x', 4_000_000) + "\"" },
        { "one word", new string('x', 4_000_000) },
        { "many words", string.Concat(Enumerable.Repeat("word ", 800_000)) + "end" },
        { "one comment", "#" + new string('x', 4_000_000) },
        { "empty lines", new string('\n', 4_000_000) },
        { "many anchors", string.Concat(Enumerable.Range(0, 100_000).Select(i => $"- &a{i} x\n")) },
        { "one block", "|\n" + string.Concat(Enumerable.Repeat(" line\n", 500_000)) },
        { "one folded block", ">\n" + string.Concat(Enumerable.Repeat(" line\n", 500_000)) },
    };

    [Theory]
    [MemberData(nameof(LargeTexts))]
    public void Large_document_is_read_and_written_and_read_again(string what, string text)
    {
        var node = Read(text);
        Assert.True(node.SameAs(YamlReader.Read(YamlWriter.Write(node))), what);
    }

    [Fact]
    public void Whatever_is_given_is_read_or_refused_and_nothing_else()
    {
        const string sample = """
            %YAML 1.2
            %TAG !e! tag:example.com,2000:
            ---
            base: &base {type: vmess, port: 443, "tls": yes, 'x': !!str 1}
            list:
              - <<: *base
                name: "a\u00e9\x41\n"
              - [1, 0x1f, 1e3, ~, .inf, 2020-01-01T00:00:00Z]
              - ? complex
                : |2-
                   literal
              - >+
                folded

                text
              - !e!thing &anchor value # comment
            ...
            """;
        var pieces = Gen.OneOf("[", "]", "{", "}", ":", ": ", "- ", "? ", "\n", "\n  ", "&a ", "*a", "!", "!!int ", "|", ">", "'", "\"", "\\", "\\u12", "#", " #", "%", "---\n", "...\n", "<<: ", "\t", "\r", "\u0085", "\u2028", "0", "-", "\ufeff", "😀", "@", "`", ",", "%YAML 99999999999999999999.1\n", "%TAG ! ! \n", "|99", "|0");
        Gen.Select(Gen.Int[0, sample.Length], Gen.Int[0, 8], pieces).Array[1, 6].Sample(changes =>
        {
            var text = sample;
            foreach (var (at, length, piece) in changes)
            {
                var start = Math.Min(at, text.Length);
                text = text[..start] + piece + text[Math.Min(start + length, text.Length)..];
            }
            try
            {
                var node = YamlReader.Read(Encoding.UTF8.GetBytes(text));
                Assert.True(node.SameAs(YamlReader.Read(YamlWriter.Write(node))), text);
            }
            catch (YamlReadException e)
            {
                Assert.DoesNotContain(e.Message, char.IsControl);
            }
        }, iter: 20_000);
    }

    private static YamlNode Read(string text) => YamlReader.Read(Encoding.UTF8.GetBytes(text));
}
