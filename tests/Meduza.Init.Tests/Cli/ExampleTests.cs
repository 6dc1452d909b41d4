using System.Text;
using Meduza.Gateway.Lint;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Render;
using Meduza.Init.Cli.KeyFiles;
using Meduza.Init.Cli.Offline;

namespace Meduza.Init.Tests.Cli;

/// <summary><c>docs/example/keys.yaml</c>: a network of five nodes that uses every key, right as it stands.</summary>
public sealed class ExampleTests
{
    /// <summary>What lint has to say about it, and why the example has it all the same: each is the example of its key.</summary>
    private static readonly string[] Expected =
    [
        "is the key of no node", // a phone
        "is not driven by this version", // healthy
    ];

    private static Snapshot Keys { get; } = KeyFile.Parse("keys.yaml", File.ReadAllBytes(Path.Combine(SourceFolder.Root, "docs/example/keys.yaml")));

    [Fact]
    public void Every_key_of_the_schema_is_used_in_it()
    {
        var used = Keys.Keys.Keys.Select(KeyTable.Find).ToHashSet();
        Assert.DoesNotContain(null, used);
        var unused = KeyTable.All.Where(spec => !used.Contains(spec) && !IsLeftOut(spec)).Select(spec => spec.Template);
        Assert.Empty(unused);
    }

    [Fact]
    public void Lint_finds_no_error_in_it_and_warns_of_nothing_else_than_it_shows()
    {
        var report = FleetLint.Check(Keys);
        Assert.Equal(["berlin", "home", "lab", "paris", "van"], report.Nodes);
        Assert.Empty(report.Findings.Where(finding => finding.IsError));
        Assert.Empty(report.Findings.Where(finding => !Expected.Any(text => finding.Message.Contains(text, StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("berlin")]
    [InlineData("home")]
    [InlineData("lab")]
    [InlineData("paris")]
    [InlineData("van")]
    public void Every_node_of_it_renders_the_same_each_time_and_shows_no_secret(string node)
    {
        var config = NodeRendering.Parse(Keys, node);
        var (state, again) = (Renderer.Render(config, NodeRendering.Machine), Renderer.Render(NodeRendering.Parse(Keys, node), NodeRendering.Machine));
        Assert.NotEmpty(state.Services);
        Assert.Equal(state.Files.Select(Flat), again.Files.Select(Flat));
        Assert.True(state.Services.Zip(again.Services).All(pair => pair.First.SameProcessAs(pair.Second)));

        var secrets = Keys.Keys.Where(pair => KeyTable.Find(pair.Key) is { IsSecret: true })
            .SelectMany(pair => Encoding.UTF8.GetString(pair.Value.Span).Split('\n')).Where(line => line.Length > 20 && line[0] is not ('-' or '#'));
        var document = JsonText.Document(StateDocument.Of(config, state), Meduza.Init.Cli.CliJson.Write);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, document, StringComparison.Ordinal));
    }

    /// <summary>Keys that nobody can set, and those of the part that is planned for later.</summary>
    private static bool IsLeftOut(KeySpec spec) => spec is RefusedKey or WrittenKey || spec.Component == "access";

    private static (string, string, UnixFileMode) Flat(DesiredFile file) => (file.Path, Convert.ToHexString(file.Content.Span), file.Mode);
}
