using System.Text;
using Meduza.Gateway.Model;
using Meduza.Init.Cli;
using Meduza.Init.Cli.KeyFiles;

namespace Meduza.Init.Tests.Cli.KeyFiles;

public class KeyFileTests
{
    public static TheoryData<string> SameKeys =>
    [
        """{"/nodes/gw1/lan": "10.0.0.0/24", "/nodes/gw1/mtu": 1400, "/global/on": true, "/global/empty": "", "/global/text": "a\nb\n"}""",
        """
        # a comment
        /nodes/gw1/lan: 10.0.0.0/24
        /nodes/gw1/mtu: 1400
        /global/text: |
          a
          b
        '/global/on': true
        /global/empty: ""
        """,
        // As etcdctl prints it; /global/empty has no value field, and "elsewhere" is of another program.
        """
        {"header":{"cluster_id":1,"revision":0},"kvs":[
          {"key":"L25vZGVzL2d3MS9sYW4=","create_revision":2,"value":"MTAuMC4wLjAvMjQ="},{"key":"L25vZGVzL2d3MS9tdHU=","value":"MTQwMA=="},
          {"key":"L2dsb2JhbC9vbg==","value":"dHJ1ZQ=="},{"key":"L2dsb2JhbC9lbXB0eQ=="},{"key":"L2dsb2JhbC90ZXh0","value":"YQpiCg=="},
          {"key":"ZWxzZXdoZXJl","value":"MQ=="}],"count":6}
        """,
    ];

    [Theory]
    [MemberData(nameof(SameKeys))]
    public void Three_forms_hold_the_same_keys(string content)
    {
        var keys = Parse(content);
        Assert.Equal(
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["/global/empty"] = "", ["/global/on"] = "true", ["/global/text"] = "a\nb\n",
                ["/nodes/gw1/lan"] = "10.0.0.0/24", ["/nodes/gw1/mtu"] = "1400",
            },
            new SortedDictionary<string, string>(keys.Keys.ToDictionary(k => k.Key, k => Encoding.UTF8.GetString(k.Value.Span)), StringComparer.Ordinal));
    }

    [Fact]
    public void Revision_is_the_one_that_etcdctl_printed() =>
        Assert.Equal(41, Parse("""{"header":{"revision":41},"count":0}""").Revision);

    [Theory]
    [InlineData("""{"/k": {"base64": "/wA="}}""")]
    [InlineData("/k: !!binary /wA=")]
    [InlineData("""{"header":{},"kvs":[{"key":"L2s=","value":"/wA="}]}""")]
    public void Bytes_that_are_not_utf8_are_kept(string content) =>
        Assert.Equal([0xff, 0x00], Parse(content).Keys["/k"].ToArray());

    [Theory]
    [InlineData("{}")]
    [InlineData("\uFEFF{}")]
    [InlineData("--- {}\n...\n")]
    public void File_may_say_that_there_is_no_key(string content) => Assert.Empty(Parse(content).Keys);

    [Theory]
    [InlineData("", "keys is empty: write {} where there is no key")]
    [InlineData(" \n", "keys is empty: write {} where there is no key")]
    [InlineData("# nothing\n", "keys: there is nothing in it but comments: write {} where there is no key")]
    [InlineData("{\"/a\": 1,\n\"/b\"}", "keys, line 2, column 5: this is not JSON")]
    [InlineData("[1]", "keys: the JSON must be one object of keys and values")]
    [InlineData("""{"/a": "1", "/a": "2"}""", "keys: \"/a\" is there twice: leave one")]
    [InlineData("""{"nodes": "1"}""", "keys: \"nodes\" is no key: every key begins with /, and the file is a flat map of them")]
    [InlineData("""{"/a": null}""", "keys: the value of \"/a\" is no text: write \"\" for an empty one, and one key for each value")]
    [InlineData("""{"/a": {"b": "c"}}""", "keys: the value of \"/a\" is no text: write \"\" for an empty one, and one key for each value")]
    [InlineData("""{"/a": {"base64": "?"}}""", "keys, /a: it is not base64")]
    [InlineData("""{"header":{},"kvs":[{"value":"MQ=="}]}""", "keys, kvs[0]: there is no key in it")]
    [InlineData("""{"header":{},"kvs":{}}""", "keys: its kvs are no list: give what `etcdctl get --prefix \"\" -w json` prints")]
    [InlineData("/a: 1\n/a: 2\n", "keys, line 2, column 1: \"/a\" is there twice: leave one")]
    [InlineData("nodes:\n  gw1: x\n", "keys, line 1, column 1: the value of \"nodes\" is no text: the file is flat, one whole key and its value each")]
    [InlineData("/a: &x 1\n/b: *x\n", "keys, line 2, column 1: the value of \"/b\" is an alias: write it out")]
    [InlineData("/a:\n", "keys, line 1, column 4: \"/a\" has no value: write \"\" for an empty one")]
    [InlineData("/a: ~\n", "keys, line 1, column 5: \"/a\" has no value: write \"\" for an empty one, \"~\" for that text")]
    [InlineData("/a: !!binary '?'\n", "keys, line 1, column 5: the value of \"/a\" is not base64")]
    [InlineData("- /a\n", "keys, line 1, column 1: this is no map of keys and values")]
    [InlineData("? [a]\n: b\n", "keys, line 1, column 3: a key must be plain text")]
    [InlineData("/a: 1\n--- \n/b: 1\n", "keys, line 2, column 1: a second document begins: the file is one map")]
    public void What_is_wrong_is_one_line_with_its_place(string content, string error) =>
        Assert.Equal(error, Assert.Throws<CommandException>(() => Parse(content)).Message);

    [Theory]
    [InlineData("/a: \"x\n/b: 1\n")]
    [InlineData("/a: 1\n\t/b: 2\n")]
    [InlineData("/a: %x: y: z\n")]
    public void Broken_yaml_is_told_with_its_line(string content) =>
        Assert.Matches(@"\Akeys, line \d+, column \d+: this is no YAML: [^\r\n]+\z", Assert.Throws<CommandException>(() => Parse(content)).Message);

    [Fact]
    public void File_that_is_not_utf8_is_refused()
    {
        foreach (var content in (string[])["/a: ÿ", "{\"/a\": \"ÿ\"}"])
            Assert.Throws<CommandException>(() => KeyFile.Parse("keys", Encoding.Latin1.GetBytes(content)));
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void A_million_brackets_are_refused_like_one(char bracket)
    {
        Assert.Throws<CommandException>(() => Parse(new string(bracket, 1_000_000)));
        Assert.Throws<CommandException>(() => Parse("/a: " + new string(bracket, 1_000_000)));
    }

    [Fact]
    public void Missing_file_is_named()
    {
        var path = $"/tmp/meduza-{Guid.NewGuid():N}";
        var error = Assert.Throws<CommandException>(() => KeyFile.Read(path, Session()));
        Assert.Equal($"open {path}: No such file or directory (errno 2): name a file of keys, or - for standard input", error.Message);
    }

    [Fact]
    public void Dash_is_standard_input() => Assert.Equal(["/a"], KeyFile.Read("-", Session("/a: 1\n")).Keys.Keys);

    private static Snapshot Parse(string content) => KeyFile.Parse("keys", Encoding.UTF8.GetBytes(content));

    [Fact]
    public void Mutated_files_are_keys_or_one_line_of_error_and_nothing_else()
    {
        var random = new Random(20261126);
        string[] pieces = ["%YAML 9999999999.1\n---\n", "%TAG !a! b\n", "[", "{", "}", "]", ", ", ": ", "? ", "- ", "&a ", "*a", "!x!y ", "|+9\n", ">-\n", "\"", "'", "\t", "\0", "#", "...\n", "---\n", "\\x", "\ud800"];
        var seeds = SameKeys.Select(row => row.Data).ToList();
        for (var n = 0; n < 20_000; n++)
        {
            var text = seeds[random.Next(seeds.Count)];
            for (var edit = random.Next(1, 5); edit > 0; edit--)
            {
                var at = random.Next(text.Length + 1);
                text = random.Next(3) == 0 && at < text.Length ? text.Remove(at, random.Next(1, Math.Min(30, text.Length - at) + 1)) : text.Insert(at, pieces[random.Next(pieces.Length)]);
            }
            try
            {
                Parse(text);
            }
            catch (CommandException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }
    }

    private static Session Session(string input = "") =>
        new(TextWriter.Null, TextWriter.Null, false, "/nowhere", "/nowhere", TimeProvider.System) { Input = () => Encoding.UTF8.GetBytes(input) };
}
