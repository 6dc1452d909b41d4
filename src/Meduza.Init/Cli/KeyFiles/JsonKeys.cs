using System.Text;
using System.Text.Json;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;

namespace Meduza.Init.Cli.KeyFiles;

/// <summary>Keys in JSON: a flat object, or the answer that etcdctl prints.</summary>
internal static class JsonKeys
{
    /// <summary>The one field of an object that stands for a value that is not UTF-8: its bytes in base64.</summary>
    public const string Base64 = "base64";

    /// <inheritdoc cref="KeyFile.Parse"/>
    public static Snapshot Parse(string name, ReadOnlyMemory<byte> content)
    {
        var keys = new KeyCollection(name);
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw keys.Wrong("", "the JSON must be one object of keys and values");
            // No key of a flat object is called so: keys begin with a slash.
            return root.TryGetProperty("header", out var header) || root.TryGetProperty("kvs", out _)
                ? Answer(keys, root, header)
                : Flat(keys, root);
        }
        catch (JsonException e)
        {
            // The framework's own words are not in this binary.
            throw keys.Wrong($"line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}", "this is not JSON");
        }
        catch (Exception e) when (e is InvalidOperationException or DecoderFallbackException)
        {
            throw keys.Wrong("", "a text in it is not UTF-8");
        }
    }

    private static Snapshot Flat(KeyCollection keys, JsonElement root)
    {
        foreach (var field in root.EnumerateObject())
            keys.Add(field.Name, Value(keys, field), "");
        return keys.At(0);
    }

    private static ReadOnlyMemory<byte> Value(KeyCollection keys, JsonProperty field) => field.Value.ValueKind switch
    {
        JsonValueKind.String => Encoding.UTF8.GetBytes(field.Value.GetString()!),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => Encoding.UTF8.GetBytes(field.Value.GetRawText()),
        JsonValueKind.Object when field.Value.GetPropertyCount() == 1 && field.Value.TryGetProperty(Base64, out var bytes)
            => Bytes(keys, bytes, field.Name),
        _ => throw keys.Wrong("", $"the value of {Quoted.Of(field.Name)} is no text: write \"\" for an empty one, and one key for each value"),
    };

    /// <summary>etcd's RangeResponse in protobuf's JSON (rpc.proto): bytes are base64, empty fields are absent.</summary>
    private static Snapshot Answer(KeyCollection keys, JsonElement root, JsonElement header)
    {
        if (root.TryGetProperty("kvs", out var kvs))
        {
            if (kvs.ValueKind != JsonValueKind.Array)
                throw keys.Wrong("", "its kvs are no list: give what `etcdctl get --prefix \"\" -w json` prints");
            var number = 0;
            foreach (var kv in kvs.EnumerateArray())
            {
                var where = $"kvs[{number++}]";
                if (kv.ValueKind != JsonValueKind.Object || !kv.TryGetProperty("key", out var key))
                    throw keys.Wrong(where, "there is no key in it");
                var value = kv.TryGetProperty("value", out var bytes) ? Bytes(keys, bytes, where) : default;
                Add(keys, Bytes(keys, key, where), value, where);
            }
        }
        var revision = header.ValueKind == JsonValueKind.Object && header.TryGetProperty("revision", out var at)
            && at.ValueKind == JsonValueKind.Number && at.TryGetInt64(out var told)
            ? told
            : 0;
        return keys.At(revision);
    }

    /// <summary>What others keep in the same etcd, under names without a slash or without letters, is not ours.</summary>
    private static void Add(KeyCollection keys, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, string where)
    {
        if (key.Span.StartsWith("/"u8))
            keys.Add(Encoding.UTF8.GetString(key.Span), value, where);
    }

    private static ReadOnlyMemory<byte> Bytes(KeyCollection keys, JsonElement element, string where) =>
        element.ValueKind == JsonValueKind.String && element.TryGetBytesFromBase64(out var bytes)
            ? bytes
            : throw keys.Wrong(where, "it is not base64");
}
