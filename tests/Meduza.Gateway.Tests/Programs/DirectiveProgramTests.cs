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

    [Fact]
    public void Openvpn_reads_quoted_words_as_they_were_written()
    {
        foreach (var word in (string[])["plain", "two words", "quote\"d", "back\\slash", "#not a comment", ";nor this", "'single'", "$(reboot)"])
        {
            Assert.True(DirectiveText.TrySplit($"x {DirectiveText.Quote(word)} y", out var words));
            Assert.Equal(["x", word, "y"], words);
        }
    }
}
