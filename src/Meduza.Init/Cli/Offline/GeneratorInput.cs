using System.Text;
using System.Text.Json;
using Meduza.Gateway.Model;

namespace Meduza.Init.Cli.Offline;

/// <summary>
/// What a generator gets: <c>{"node_id": "gw1", "node": {…}, "global": {…}, "all_nodes": {…}}</c>, each of the three a map of
/// full keys to their values.
/// </summary>
/// <param name="Node">Whose configuration is asked for.</param>
/// <param name="Keys">All keys that were given.</param>
internal sealed record GeneratorInput(string Node, Snapshot Keys)
{
    /// <exception cref="CommandException">It is not such an object.</exception>
    public static GeneratorInput Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw Wrong("is no JSON object");
            if (!document.RootElement.TryGetProperty("node_id", out var id) || id.ValueKind != JsonValueKind.String)
                throw Wrong("has no text node_id");
            var keys = KeySpace.Empty.ToBuilder();
            // A node's own keys count more than the same ones among all nodes'.
            foreach (var map in (string[])["all_nodes", "global", "node"])
                Take(document.RootElement, map, keys);
            return new GeneratorInput(id.GetString()!, new Snapshot(0, keys.ToImmutable()));
        }
        catch (JsonException e)
        {
            throw Wrong($"is no JSON at line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}");
        }
        catch (Exception e) when (e is InvalidOperationException or DecoderFallbackException)
        {
            throw Wrong("has a text that is not UTF-8");
        }
    }

    private static void Take(JsonElement root, string name, KeySpace.Builder keys)
    {
        if (!root.TryGetProperty(name, out var map) || map.ValueKind == JsonValueKind.Null)
            return;
        if (map.ValueKind != JsonValueKind.Object)
            throw Wrong($"has a {name} that is no object of keys and values");
        foreach (var field in map.EnumerateObject())
        {
            if (!field.Name.StartsWith('/'))
                throw Wrong($"has '{field.Name}' in {name}: a key begins with /");
            keys[field.Name] = field.Value.ValueKind switch
            {
                JsonValueKind.String => Encoding.UTF8.GetBytes(field.Value.GetString()!),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => Encoding.UTF8.GetBytes(field.Value.GetRawText()),
                _ => throw Wrong($"has a value of {field.Name} that is no text"),
            };
        }
    }

    private static CommandException Wrong(string what) =>
        new($"""standard input {what}: give {"{"}"node_id": "gw1", "node": {"{"}…{"}"}, "global": {"{"}…{"}"}, "all_nodes": {"{"}…{"}"}{"}"}""");
}
