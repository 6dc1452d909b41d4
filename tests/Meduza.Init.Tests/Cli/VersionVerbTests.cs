using System.Text.Json;
using Meduza.Init.Cli;

namespace Meduza.Init.Tests.Cli;

public class VersionVerbTests
{
    [Theory]
    [InlineData("0.1.0+1a2b3c4", "0.1.0", "1a2b3c4")]
    [InlineData("0.1.0", "0.1.0", null)]
    [InlineData("0.1.0+", "0.1.0", null)]
    public void Commit_stands_behind_the_plus(string text, string version, string? commit)
    {
        var document = VersionDocument.Of(text);
        Assert.Equal((version, commit), (document.Version, document.Commit));
    }

    [Fact]
    public async Task Version_needs_no_pid_1()
    {
        var text = await FakePid1.RunAsync("/nowhere", "version");
        Assert.Equal(0, text.Code);
        Assert.StartsWith("meduza ", text.Output, StringComparison.Ordinal);
        Assert.Equal(text, await FakePid1.RunAsync("/nowhere", "--version"));
        var json = JsonDocument.Parse((await FakePid1.RunAsync("/nowhere", "version", "--json")).Output).RootElement;
        Assert.StartsWith(".NET 10.", json.GetProperty("runtime").GetString(), StringComparison.Ordinal);
        Assert.NotEqual("", json.GetProperty("version").GetString());
    }
}
