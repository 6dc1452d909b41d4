using System.Text;
using Meduza.Gateway.Model;
using Meduza.Gateway.Render;

namespace Meduza.Gateway.Tests.Fuzz;

/// <summary>A configuration, the machine that it was rendered for, and what came out: what an oracle judges.</summary>
internal sealed record Rendered(GatewayConfig Config, Machine Machine, DesiredState State)
{
    public static Rendered Of(GatewayConfig config, Machine machine) => new(config, machine, Renderer.Render(config, machine));

    public bool Has(string path) => State.Files.Any(file => file.Path == path);

    public string Text(string path)
    {
        var file = State.Files.SingleOrDefault(file => file.Path == path);
        Assert.True(file is not null, $"{path} is not there");
        return Encoding.UTF8.GetString(file.Content.Span);
    }

    /// <summary>The lines of a file; the last one ends like all of them.</summary>
    public string[] Lines(string path)
    {
        var text = Text(path);
        if (text.Length == 0)
            return [];
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return text[..^1].Split('\n');
    }

    /// <summary>The same with one file's text changed.</summary>
    public Rendered With(string path, Func<string, string> change) => this with
    {
        State = State with
        {
            Files = [.. State.Files.Select(file => file.Path == path
                ? file with { Content = Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(file.Content.Span))) }
                : file)],
        },
    };
}
