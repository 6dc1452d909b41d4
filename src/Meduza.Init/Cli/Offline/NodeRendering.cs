using Meduza.Gateway.Model;
using Meduza.Gateway.Render;

namespace Meduza.Init.Cli.Offline;

/// <summary>One node rendered from keys that a file holds, without a gateway.</summary>
internal static class NodeRendering
{
    private const string Nodes = "/nodes/";

    /// <summary>
    /// What is rendered for: the programs of the image, whichever machine this is, so that the same keys give the same bytes
    /// everywhere.
    /// </summary>
    public static Machine Machine { get; } = new() { FrrHasMgmtd = true };

    /// <exception cref="CommandException">The keys have no such node, or it would reject them.</exception>
    public static GatewayConfig Parse(Snapshot keys, string node)
    {
        var result = ConfigParser.Parse(keys, node);
        if (result.Config is { } config)
            return config;
        var (first, more) = (result.Errors[0], result.Errors.Length - 1);
        throw new CommandException($"{first}{(more > 0 ? $" (and {more} more: `meduza lint` shows all)" : "")}");
    }

    /// <exception cref="CommandException">The keys have none of that node.</exception>
    public static void Require(Snapshot keys, string node, string source)
    {
        var prefix = $"{Nodes}{node}/";
        if (keys.Keys.Keys.Any(key => key.StartsWith(prefix, StringComparison.Ordinal)))
            return;
        var nodes = keys.Keys.Keys.Where(key => key.StartsWith(Nodes, StringComparison.Ordinal)).Select(key => key.Split('/')[2]).Distinct().Order(StringComparer.Ordinal).ToList();
        throw new CommandException(nodes.Count == 0
            ? $"{source} has no node: keys of one are below {prefix}"
            : $"{source} has no node '{node}': there are {string.Join(", ", nodes.Take(10))}{(nodes.Count > 10 ? $" and {nodes.Count - 10} more" : "")}");
    }
}
