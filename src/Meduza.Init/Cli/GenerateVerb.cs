using System.CommandLine;
using System.Text.Json;
using Meduza.Gateway.Generate;
using Meduza.Init.Cli.Offline;

namespace Meduza.Init.Cli;

/// <summary><c>meduza generate TOOL</c>: JSON in, JSON out, as the first edition's generators.</summary>
internal sealed class GenerateVerb : Verb
{
    private readonly Argument<string> _tool = new("TOOL") { Description = string.Join(", ", Generator.Names) };

    public GenerateVerb(Session session)
        : base(
            "generate", "Turn keys on standard input, as JSON, into one tool's configuration, as JSON", session,
            ("meduza generate frr < keys.json | jq -r .frr_conf", """keys.json: {"node_id": "gw1", "node": {…}, "global": {…}, "all_nodes": {…}}"""))
    {
        Add(_tool);
        _tool.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var tool }] && !Generator.Names.Contains(tool))
                result.AddError($"no generator '{tool}': there are {string.Join(", ", Generator.Names)}");
        });
    }

    protected override Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var input = GeneratorInput.Parse(Session.Input());
        var output = Generator.Generate(arguments.GetRequiredValue(_tool), NodeRendering.Parse(input.Keys, input.Node), NodeRendering.Machine);
        Session.Output.WriteLine(JsonSerializer.Serialize(output, CliJson.Document.GeneratorOutput));
        return Task.FromResult(ExitCodes.Done);
    }
}
