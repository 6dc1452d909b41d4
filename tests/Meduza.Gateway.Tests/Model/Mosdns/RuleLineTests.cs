using Meduza.Gateway.Model.Mosdns;

namespace Meduza.Gateway.Tests.Model.Mosdns;

/// <summary>Which lines of a list MosDNS reads, by the sources of its version 5.</summary>
public sealed class RuleLineTests
{
    [Theory]
    [InlineData("example.org")]
    [InlineData("domain:example.org")]
    [InlineData("full:www.example.org.")]
    [InlineData("keyword:ads")]
    [InlineData("regexp:^ads?[0-9]+\\.example\\.(org|com)$")]
    [InlineData("  domain:example.org  # of theirs")]
    [InlineData("# nothing but a comment")]
    [InlineData("")]
    [InlineData(":example.org")]
    [InlineData("香港")]
    public void Names_are_read(string line) => Assert.Null(RuleLine.Problem(line, RuleReading.Names));

    [Theory]
    [InlineData("geosite:cn", "is of no known kind")]
    [InlineData("Domain:example.org", "is of no known kind")]
    [InlineData("https://example.org/", "is of no known kind")]
    [InlineData("2001:db8::/32", "is of no known kind")]
    [InlineData("127.0.0.1 example.org", "is more than one word")]
    [InlineData("example.org\trest", "is more than one word")]
    [InlineData("regexp:(unclosed", "is no regular expression that MosDNS reads (a ( without a ))")]
    public void Other_names_are_told_with_what_is_expected(string line, string reason)
    {
        Assert.Contains(reason, RuleLine.Problem(line, RuleReading.Names), StringComparison.Ordinal);
        Assert.Null(RuleLine.Problem(line, RuleReading.None));
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("192.0.2.0/24")]
    [InlineData(" 192.0.2.1/0 # one")]
    [InlineData("192.0.2.1 whatever")]
    [InlineData("2001:db8::1")]
    [InlineData("2001:db8::/32")]
    [InlineData("::ffff:192.0.2.1")]
    [InlineData("# nothing but a comment")]
    [InlineData("   ")]
    public void Addresses_are_read(string line) => Assert.Null(RuleLine.Problem(line, RuleReading.Addresses));

    [Theory]
    [InlineData("example.org")]
    [InlineData("192.0.2")]
    [InlineData("192.0.2.256")]
    [InlineData("010.0.0.1")]
    [InlineData("192.0.2.0/33")]
    [InlineData("192.0.2.0/+8")]
    [InlineData("192.0.2.0/08")]
    [InlineData("2001:db8::/129")]
    [InlineData("[2001:db8::1]")]
    [InlineData("192.0.2.1\t# after a tab")]
    [InlineData("\uFEFF192.0.2.1")]
    public void Other_addresses_are_told(string line) =>
        Assert.Contains("is no address: expected one, or a network", RuleLine.Problem(line, RuleReading.Addresses), StringComparison.Ordinal);

    [Fact]
    public void What_is_read_as_both_has_to_be_both()
    {
        const RuleReading Both = RuleReading.Names | RuleReading.Addresses;
        Assert.Null(RuleLine.Problem("192.0.2.1", Both));
        Assert.NotNull(RuleLine.Problem("example.org", Both));
        Assert.NotNull(RuleLine.Problem("2001:db8::1", Both));
    }

    /// <summary>Go 1.19 was asked about each; (?&lt;name&gt; it knows since 1.22.</summary>
    [Theory]
    [InlineData("a*", true)]
    [InlineData("a*?b+?c??", true)]
    [InlineData("a**", false)]
    [InlineData("a*+", false)]
    [InlineData("a{2}{3}", false)]
    [InlineData("a{2}?", true)]
    [InlineData("*a", false)]
    [InlineData("(*a)", false)]
    [InlineData("a|*", false)]
    [InlineData("^*", true)]
    [InlineData("a{,2}", true)]
    [InlineData("a{2,1}", false)]
    [InlineData("a{1001}", false)]
    [InlineData("a{1000}", true)]
    [InlineData("a{x}", true)]
    [InlineData("{2}", false)]
    [InlineData("(?:a|b)", true)]
    [InlineData("(?i)a", true)]
    [InlineData("(?i-s:a)", true)]
    [InlineData("(?i-:a)", false)]
    [InlineData("(?P<name>a)", true)]
    [InlineData("(?<name>a)", true)]
    [InlineData("(?P<>a)", false)]
    [InlineData("(?=a)", false)]
    [InlineData("(?!a)", false)]
    [InlineData("(?<=a)", false)]
    [InlineData("(?<!a)", false)]
    [InlineData("(?>a)", false)]
    [InlineData("(?#a)", false)]
    [InlineData("(?)", true)]
    [InlineData("a)", false)]
    [InlineData("(a", false)]
    [InlineData("()", true)]
    [InlineData("[a-z]", true)]
    [InlineData("[]a]", true)]
    [InlineData("[^]a]", true)]
    [InlineData("[]", false)]
    [InlineData("[a", false)]
    [InlineData("[z-a]", false)]
    [InlineData("[a-]", true)]
    [InlineData("[\\d\\w-]", true)]
    [InlineData("[a-\\d]", false)]
    [InlineData("[[:alpha:]]", true)]
    [InlineData("[\\b]", false)]
    [InlineData("\\.", true)]
    [InlineData("\\b\\B\\A\\z", true)]
    [InlineData("\\Z", false)]
    [InlineData("\\1", false)]
    [InlineData("\\12", true)]
    [InlineData("\\8", false)]
    [InlineData("\\x7f\\x{10ffff}", true)]
    [InlineData("\\x7", false)]
    [InlineData("\\pL\\p{Han}", true)]
    [InlineData("\\p", false)]
    [InlineData("\\Qa(b\\E+", true)]
    [InlineData("\\y", false)]
    [InlineData("a\\", false)]
    public void Regular_expressions_are_those_of_Go(string expression, bool isRight) =>
        Assert.Equal(isRight, RuleLine.Problem("regexp:" + expression, RuleReading.Names) is null);
}
