using System.Text;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Tests.Yaml;

/// <summary>Types of scalars, against what go-yaml itself said: <c>go-yaml.txt</c> has its answers.</summary>
public sealed class CoreSchemaTests
{
    [Fact]
    public void Types_are_those_that_go_yaml_finds()
    {
        var wrong = Answers.Where(answer => TypeOf(answer.Text) != answer.Type)
            .Select(answer => $"{answer.Text} is {answer.Type} and not {TypeOf(answer.Text)}").ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(Answers.Count > 250);
    }

    [Fact]
    public void What_was_read_is_written_as_something_of_the_same_type()
    {
        foreach (var (text, type) in Answers.Where(answer => answer.Type != "error"))
        {
            var written = Encoding.UTF8.GetString(YamlWriter.Write(Item(text)).Span).TrimEnd('\n');
            Assert.True(TypeOf(written) == type, $"{text} is written as {written}");
        }
    }

    [Fact]
    public void Strings_that_go_yaml_would_take_for_something_else_are_quoted()
    {
        foreach (var (text, type) in Answers.Where(answer => answer.Type is not "string" and not "error" && answer.Text[0] is not ('!' or '"' or '\'')))
            Assert.True(Encoding.UTF8.GetString(YamlWriter.Write(YamlScalar.Of(text)).Span)[0] == '"', $"{text} is {type}");
    }

    private static List<(string Text, string Type)> Answers { get; } = Load();

    private static List<(string Text, string Type)> Load()
    {
        using var stream = typeof(CoreSchemaTests).Assembly.GetManifestResourceStream("Yaml/go-yaml.txt")!;
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n').Where(line => line.Contains('\t')).Select(line => line.Split('\t')).Select(parts => (parts[0], parts[1]))];
    }

    private static YamlNode Item(string text) => ((YamlSequence)YamlReader.Read(Encoding.UTF8.GetBytes($"[{text}]\n"))).Items.Single();

    private static string TypeOf(string text)
    {
        try
        {
            return Item(text) is not YamlScalar scalar ? "other" : scalar.Type switch
            {
                YamlType.Null => "null",
                YamlType.Bool => "bool",
                YamlType.IntNumber => "int",
                YamlType.FloatNumber => "float",
                YamlType.Timestamp => "time.Time",
                _ => "string",
            };
        }
        catch (YamlReadException)
        {
            return "error";
        }
    }
}
