using Meduza.Gateway.Model.OpenVpn;
using Meduza.Gateway.Tests.Model.OpenVpn;
using Meduza.Linux.Process;

namespace Meduza.Gateway.Tests.Programs;

/// <summary>The table of directives against openvpn's own parser.</summary>
public sealed class DirectiveProgramTests
{
    public static TheoryData<string> Allowed => new(DirectiveTable.Allowed.Select(shape => shape.Name));

    /// <summary>With the fewest and with the most arguments that the table allows; openvpn then shows its digests and ends.</summary>
    [Theory]
    [MemberData(nameof(Allowed))]
    public void Openvpn_knows_the_directive_and_takes_arguments_of_its_shape(string name)
    {
        var shape = DirectiveTable.Allowed.Single(shape => shape.Name == name);
        foreach (var arguments in new[] { shape.Required, shape.Required.AddRange(shape.Optional) }.DistinctBy(arguments => arguments.Length))
        {
            var words = DirectiveExamples.Of(shape, arguments);
            var reading = shape.Kind.Read(words.Count == 0 ? "true" : string.Join(' ', words.Select(DirectiveText.Quote)));
            Assert.True(reading.Ok, reading.Error);
            var result = Command.Run("openvpn", [$"--{name}", .. words, "--show-digests"], TimeSpan.FromSeconds(10));
            Assert.True(result.ExitCode == 0, $"{name} {string.Join(' ', words)}\n{result.Output}{result.Error}");
        }
    }

    [Fact]
    public void Openvpn_reads_the_longest_line_that_is_allowed_and_ends_at_a_longer_one()
    {
        var file = Path.GetTempFileName();
        foreach (var length in (int[])[DirectiveText.LongestLine, DirectiveText.LongestLine + 1])
        {
            var names = new string('A', length - "data-ciphers ".Length);
            var kind = DirectiveTable.Allowed.Single(shape => shape.Name == "data-ciphers").Kind;
            File.WriteAllText(file, DirectiveText.Line("data-ciphers", [names]) + "\nverb 3\n");
            var taken = Command.Run("openvpn", ["--config", file, "--show-digests"], TimeSpan.FromSeconds(10)).ExitCode == 0;
            Assert.Equal((length == DirectiveText.LongestLine, taken), (taken, kind.Read(names).Ok));
        }
        File.Delete(file);
    }

    /// <summary>What openvpn itself says of its only argument in the list of its settings; nothing where it refuses the line.</summary>
    [Theory]
    [InlineData("plain")]
    [InlineData("\"two words\"")]
    [InlineData("two words")]
    [InlineData("a\"b\"")]
    [InlineData("\"a\"b")]
    [InlineData("\"a'b\"")]
    [InlineData("it's")]
    [InlineData("'a\\b'")]
    [InlineData("a\\ b")]
    [InlineData("a\\b")]
    [InlineData("\"a\\\"b\"")]
    [InlineData("\\'a")]
    [InlineData("\"open")]
    [InlineData("'open")]
    [InlineData("a #b")]
    [InlineData("a;b ;c")]
    [InlineData("a#b")]
    [InlineData("# nothing")]
    [InlineData("\"#word\"")]
    public void Openvpn_reads_a_line_as_the_words_that_we_take_it_for(string line)
    {
        var problem = DirectiveText.Split(line, out var words);
        Assert.Equal(problem is null && words.Count == 1 ? words[0] : null, SettingOf(line));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("two words")]
    [InlineData("quote\"d")]
    [InlineData("back\\slash")]
    [InlineData("#not a comment")]
    [InlineData(";nor this")]
    [InlineData("'single'")]
    [InlineData("$(reboot)")]
    public void Openvpn_reads_the_word_that_we_have_quoted(string word) => Assert.Equal(word, SettingOf(DirectiveText.Quote(word)));

    /// <summary>It shows its settings when it has read all of them, and then ends: there is no such user.</summary>
    private static string? SettingOf(string line)
    {
        const string Shown = "  dev_node = '";
        var file = Path.GetTempFileName();
        File.WriteAllText(file, $"dev-node {line}\n");
        var output = Command.Run("openvpn", ["--config", file, "--dev", "null", "--user", "no-such-user", "--verb", "4"], TimeSpan.FromSeconds(10)).Output;
        File.Delete(file);
        return output.Split('\n').FirstOrDefault(l => l.Contains(Shown, StringComparison.Ordinal)) is { } setting
            ? setting[(setting.IndexOf(Shown, StringComparison.Ordinal) + Shown.Length)..^1]
            : null;
    }
}
