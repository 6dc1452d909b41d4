using System.Text;
using Meduza.Init.Supervise.Logs;

namespace Meduza.Init.Tests.Supervise.Logs;

public sealed class SecretFieldsTests
{
    private static string Hidden(string line) => Encoding.UTF8.GetString(new SecretFields(["network_secret", "password"]).Hide(Encoding.UTF8.GetBytes(line)));

    [Theory]
    [InlineData("network_secret = \"s3cr3t\"", "network_secret (hidden)")]
    [InlineData("  network_secret: Some(\"s3cr3t\"), and more", "  network_secret (hidden)")]
    [InlineData("password=a network_secret=b", "password (hidden)")]
    [InlineData("network_secret", "network_secret (hidden)")]
    public void All_after_such_a_word_is_hidden(string line, string expected) => Assert.Equal(expected, Hidden(line));

    [Theory]
    [InlineData("")]
    [InlineData("network_name = \"meduza\"")]
    public void Any_other_line_is_kept_as_it_is(string line) => Assert.Equal(line, Hidden(line));
}
