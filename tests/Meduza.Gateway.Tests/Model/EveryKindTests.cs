using System.Text;
using Meduza.Gateway.Model.Keys;

namespace Meduza.Gateway.Tests.Model;

/// <summary>What holds for the value of every key in the table, whatever its kind; a new kind is held to it without being named here.</summary>
public sealed class EveryKindTests
{
    /// <summary>Kinds of which any text may be one, or a part.</summary>
    private static bool IsText(KeySpec spec) => spec.KindName.Contains("text", StringComparison.Ordinal);

    public static TheoryData<string> NeverText => new(
        "a\0b", "\0", "a\u0001", "a\u0007b", "\u001b[31mred", "a\u007fb", "a\u0085b", "a\u2028b", "a\u2029b", "a\u000bb", "a\u000cb", "\ufeffa\ufeff");

    [Theory]
    [MemberData(nameof(NeverText))]
    public void Control_character_is_refused_by_every_kind(string value)
    {
        foreach (var spec in KeyCheck.Readable)
            AssertRefused(spec, Encoding.UTF8.GetBytes(value));
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused_by_every_kind()
    {
        foreach (var value in (byte[][])[[0xff], [0x31, 0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc0, 0x80]])
        {
            foreach (var spec in KeyCheck.Readable)
                AssertRefused(spec, value);
        }
    }

    [Theory]
    [InlineData("$(reboot)")]
    [InlineData("`reboot`")]
    [InlineData("\"")]
    [InlineData("'")]
    [InlineData("\\")]
    [InlineData("..")]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("a;reboot")]
    [InlineData("a|reboot")]
    [InlineData("a && reboot")]
    [InlineData("%n%n%n")]
    [InlineData("{{7*7}}")]
    [InlineData("日本🙂")]
    public void What_means_something_to_a_shell_or_a_path_is_refused_by_every_kind_but_text(string value)
    {
        foreach (var spec in KeyCheck.Readable.Where(spec => !IsText(spec)))
            AssertRefused(spec, Encoding.UTF8.GetBytes(value));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("true\nfalse")]
    [InlineData("1\r\n2")]
    [InlineData("10.0.0.1\n")]
    public void Line_break_is_refused_by_every_kind_of_one_line(string value)
    {
        foreach (var spec in KeyCheck.Readable)
        {
            // A kind of several lines takes them for items, and each has to be one.
            var isOneLine = KeyCheck.Of(spec, "a\nb"u8).Errors.Any(error => error.Message.Contains("holds a line break", StringComparison.Ordinal));
            Assert.False(isOneLine && spec.IsList, spec.Template);
            if (isOneLine)
                AssertRefused(spec, Encoding.UTF8.GetBytes(value));
        }
    }

    [Fact]
    public void White_space_alone_is_nothing_for_every_kind_and_an_error_for_a_flag()
    {
        foreach (var spec in KeyCheck.Readable)
        {
            foreach (var value in (string[])["", " ", "    "])
            {
                var found = KeyCheck.Of(spec, Encoding.UTF8.GetBytes(value));
                Assert.True(found.HasErrors == (spec is Key<bool>), $"{spec.Template}: {string.Join(' ', found.Errors)}");
            }
        }
    }

    [Fact]
    public void Value_of_64_KiB_is_read_or_refused_with_a_short_message()
    {
        foreach (var spec in KeyCheck.Readable)
        {
            foreach (var value in (string[])[new('A', 65_536), new('1', 65_536), new('\n', 65_536), string.Concat(Enumerable.Repeat("10.0.0.0/8\n", 6_000))])
                Assert.All(KeyCheck.Of(spec, Encoding.UTF8.GetBytes(value)).Errors, error => Assert.True(error.Message.Length < 500, error.Message));
        }
    }

    [Fact]
    public void Secret_of_any_kind_is_never_shown()
    {
        foreach (var spec in KeyCheck.Readable.Where(spec => spec.IsSecret))
        {
            foreach (var value in (string[])["hunter2", "hunter2\0", "hunter2\nhunter2", "/etc/hunter2", new string('x', 300) + "hunter2"])
            {
                var found = KeyCheck.Of(spec, Encoding.UTF8.GetBytes(value));
                Assert.DoesNotContain(found.Errors.Concat(found.Warnings), finding => finding.Message.Contains("hunter2", StringComparison.Ordinal));
            }
        }
    }

    private static void AssertRefused(KeySpec spec, ReadOnlySpan<byte> value)
    {
        var found = KeyCheck.Of(spec, value);
        Assert.True(found.HasErrors, $"{spec.Template} takes {Convert.ToHexString(value)}");
        Assert.Contains(found.Errors, error => error.Message.Contains("expected", StringComparison.Ordinal));
        Assert.DoesNotContain(found.Errors, error => error.Message.Any(char.IsControl));
    }
}
