using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text;
using Meduza.Gateway.Render;
using Meduza.Init.Cli.KeyFiles;
using Meduza.Init.Cli.Offline;

namespace Meduza.Init.Cli;

/// <summary><c>meduza render [TOOL] --node ID --from FILE|- [--out DIR]</c>: what a node would be, without a gateway.</summary>
internal sealed class RenderVerb : Verb
{
    private readonly Argument<string?> _tool = new("TOOL")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "Only this part: easytier, tinc, openvpn, wireguard, frr, dnsmasq, hosts, … or one instance, openvpn/NAME",
    };

    private readonly Option<string> _node = new("--node") { Description = "Which node", HelpName = "ID", Required = true };
    private readonly Option<string> _from = CommonOptions.From(required: true);
    private readonly Option<string?> _out = new("--out") { Description = "Write the files below this folder, and state.json into it", HelpName = "DIR" };

    public RenderVerb(Session session)
        : base(
            "render", "Render a node's files and state from a file of keys, without a gateway", session,
            ("meduza render --node gw1 --from keys.yaml --out /tmp/gw1", "all files, secrets with mode 0600, and state.json"),
            ("meduza render frr --node gw1 --from keys.yaml", "one part, on standard output; secrets are left out"),
            ("meduza keys export | meduza render --node gw1 --from - --out gw1", "from the keys in etcd"))
    {
        Add(_tool);
        Add(_node);
        Add(_from);
        Add(_out);
        Validators.Add(result =>
        {
            if (result.GetValue(_tool) is null && result.GetValue(_out) is null)
                result.AddError("nothing says where to: give --out DIR, or one part, which is printed");
        });
    }

    protected override Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var (node, from) = (arguments.GetRequiredValue(_node), arguments.GetRequiredValue(_from));
        var keys = KeyFile.Read(from, Session);
        NodeRendering.Require(keys, node, from == KeyFile.StandardInput ? "standard input" : from);
        var config = NodeRendering.Parse(keys, node);
        var state = Renderer.Render(config, NodeRendering.Machine);
        if (arguments.GetValue(_tool) is { } tool)
            state = Only(tool, state);
        var document = JsonText.Document(StateDocument.Of(config, state), CliJson.Write) + "\n";
        if (arguments.GetValue(_out) is { } folder)
            StateFolderWriter.Write(folder, state.Files, document);
        else
            Session.Output.Write(Text(state, document));
        return Task.FromResult(ExitCodes.Done);
    }

    /// <summary>The state without what belongs to other parts.</summary>
    private static DesiredState Only(string tool, DesiredState state)
    {
        var proxy = tool == PacketRules.ProxyComponent ? state.Packets.Proxy : null;
        var only = new DesiredState(
            [.. state.Folders.Where(folder => Is(folder.Component))],
            [.. state.Files.Where(file => Is(file.Component))],
            [.. state.Services.Where(service => Is(service.Component))],
            [.. state.Links.Where(link => Is(link.Component))],
            tool == "frr" ? state.Frr : [])
        {
            WireGuard = [.. state.WireGuard.Where(device => Is(device.Component))],
            Packets = new PacketRules(
                proxy,
                tool == PacketRules.MappingComponent ? state.Packets.Mappings : [],
                tool == PacketRules.ForwardComponent ? state.Packets.Forwards : []),
        };
        var isThere = !only.Files.IsEmpty || !only.Services.IsEmpty || !only.WireGuard.IsEmpty || proxy is not null
            || !only.Packets.Mappings.IsEmpty || !only.Packets.Forwards.IsEmpty;
        if (isThere)
            return only;
        IEnumerable<string> parts =
        [
            .. state.Files.Select(file => file.Component), .. state.Services.Select(service => service.Component), .. state.WireGuard.Select(device => device.Component),
            .. state.Packets.Proxy is null ? ImmutableArray<string>.Empty : [PacketRules.ProxyComponent],
            .. state.Packets.Mappings.IsEmpty ? ImmutableArray<string>.Empty : [PacketRules.MappingComponent],
            .. state.Packets.Forwards.IsEmpty ? ImmutableArray<string>.Empty : [PacketRules.ForwardComponent],
        ];
        throw new CommandException($"this node has no '{tool}': there are {string.Join(", ", parts.Distinct().Order(StringComparer.Ordinal))}");

        bool Is(string component) => component == tool || component.StartsWith(tool + "/", StringComparison.Ordinal);
    }

    /// <summary>Each file below a line with its path, as head(1) has it; then what is not a file.</summary>
    private static string Text(DesiredState state, string document)
    {
        var text = new StringBuilder();
        foreach (var file in state.Files)
        {
            text.Append(CultureInfo.InvariantCulture, $"==> {file.Path} <==\n");
            text.Append(file.Secret
                ? string.Create(CultureInfo.InvariantCulture, $"(secret, {file.Content.Length} bytes: --out DIR writes it)\n")
                : Encoding.UTF8.GetString(file.Content.Span));
            text.Append('\n');
        }
        return text.Append("==> state.json <==\n").Append(document).ToString();
    }
}
