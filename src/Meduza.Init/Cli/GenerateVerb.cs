using System.CommandLine;
using Meduza.Gateway.Generate;
using Meduza.Gateway.Model;
using Meduza.Gateway.Render;
using Meduza.Gateway.Render.Mihomo;
using Meduza.Init.Agent.Downloads;
using Meduza.Init.Cli.Offline;
using ParseResult = System.CommandLine.ParseResult;

namespace Meduza.Init.Cli;

/// <summary><c>meduza generate TOOL [--subscription FILE]</c>: JSON in, JSON out, as the first edition's generators.</summary>
internal sealed class GenerateVerb : Verb
{
    private const string Clash = PacketRules.ProxyComponent;

    private readonly Argument<string> _tool = new("TOOL") { Description = string.Join(", ", Generator.Names) };
    private readonly Option<string?> _subscription = new("--subscription")
    {
        Description = "For clash: take the subscription from this file; without it, it is fetched",
        HelpName = "FILE",
    };

    public GenerateVerb(Session session)
        : base(
            "generate", "Turn keys on standard input, as JSON, into one tool's configuration, as JSON", session,
            ("meduza generate frr < keys.json | jq -r .frr_conf", """keys.json: {"node_id": "gw1", "node": {…}, "global": {…}, "all_nodes": {…}}"""),
            ("meduza generate clash --subscription main.yaml < keys.json | jq -r .config_yaml", "what is in that file, under what is enforced"))
    {
        Add(_tool);
        Add(_subscription);
        _tool.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var tool }] && !Generator.Names.Contains(tool))
                result.AddError($"no generator '{tool}': there are {string.Join(", ", Generator.Names)}");
        });
        Validators.Add(result =>
        {
            if (result.GetValue(_subscription) is not null && result.GetValue(_tool) is { } tool && tool != Clash)
                result.AddError($"--subscription is for clash, not for {tool}: leave it out");
        });
    }

    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var tool = arguments.GetRequiredValue(_tool);
        var input = GeneratorInput.Parse(Session.Input());
        var config = NodeRendering.Parse(input.Keys, input.Node);
        var machine = NodeRendering.Machine;
        if (tool == Clash && config.Clash is { } clash)
            machine = await WithSubscriptionAsync(machine, clash, arguments.GetValue(_subscription), cancellation);
        var state = Renderer.Render(config, machine);
        if (tool == Clash)
        {
            foreach (var warning in state.Warnings)
                Session.Error.WriteLine($"meduza: warning: {Tones.Clean(warning.ToString())}");
        }
        Session.Output.WriteLine(JsonText.Document(Generator.Generate(tool, config, state), CliJson.Write));
        return ExitCodes.Done;
    }

    /// <exception cref="CommandException">The subscription cannot be had, or is none.</exception>
    private static async Task<Machine> WithSubscriptionAsync(Machine machine, ClashConfig clash, string? file, CancellationToken cancellation)
    {
        if (clash.Subscription is not { } name)
        {
            return file is null
                ? machine
                : throw new CommandException("--subscription has nowhere to go, since the node has no clash/active_subscription: set it, or leave the option out");
        }
        try
        {
            ReadOnlyMemory<byte> text = file is null
                ? (await SubscriptionSource.GetAsync(clash.SubscriptionUrl!.Reveal(), had: null, transfer: null, cancellation)).Content!
                : SubscriptionSource.Read(file);
            return Subscription.Read(text, out var problem) is not null
                ? machine with { Subscriptions = machine.Subscriptions.Add(name.ToString(), text) }
                : throw new CommandException($"subscription '{name}' is not used: {problem}");
        }
        catch (FetchException e)
        {
            throw new CommandException($"subscription '{name}': {e.Message}");
        }
    }
}
