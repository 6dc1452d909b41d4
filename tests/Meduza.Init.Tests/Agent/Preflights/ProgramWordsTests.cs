using Meduza.Init.Agent.Preflights;

namespace Meduza.Init.Tests.Agent.Preflights;

/// <summary>A program's words as they get into etcd, where everybody reads them.</summary>
public sealed class ProgramWordsTests
{
    [Theory]
    [InlineData("one\r\n\n  two \n", "one; two")]
    [InlineData("\e[1;31mred\e[0m", "red")]
    [InlineData("bell\a nul\0 esc\e]0;title", "bell\\x07 nul\\x00 esc\\x1b]0;title")]
    [InlineData("turned \u202e around\u2028line", "turned \\x202e around; line")]
    [InlineData("香港 🇭🇰", "香港 🇭🇰")]
    public void Are_one_line_that_no_terminal_obeys(string output, string words) => Assert.Equal(words, Of(output));

    [Fact]
    public void Have_only_whole_letters() => Assert.Equal("half \ufffd a letter", Of("half \ud800 a letter"));

    [Fact]
    public void Are_cut()
    {
        var words = Of(new string('x', 100_000));
        Assert.Equal(new string('x', ProgramWords.Longest) + "…", words);
    }

    [Theory]
    [InlineData("hunter2 is in hunter22", "hunter2", "(secret) is in (secret)2")]
    [InlineData("a \"b\\\"c\\\\d\" b", "b\"c\\d", "a \"(secret)\" b")]
    [InlineData("cannot unmarshal !!str `0123456...` into int", "0123456789ab", "cannot unmarshal !!str `(secret)` into int")]
    [InlineData("first line-two last", "line-one\nline-two", "first (secret) last")]
    [InlineData("the ss of it", "ss", "the ss of it")]
    public void Have_no_secret_in_any_form_that_programs_repeat_them_in(string output, string secret, string words) => Assert.Equal(words, Of(output, secret));

    [Fact]
    public void Of_two_secrets_one_in_the_other_leave_nothing() => Assert.Equal("(secret)", Of("hunter2-and-more", "hunter2", "hunter2-and-more"));

    private static string Of(string output, params string[] secrets) => ProgramWords.Of(output, [], secrets, []);
}
