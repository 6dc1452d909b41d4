using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Meduza.Image.Oci;

/// <summary>JSON as bytes: the same for the same document.</summary>
internal static class JsonBytes
{
    public static byte[] Of(JsonNode document, bool indented = false)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new() { Indented = indented, IndentSize = 1, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            document.WriteTo(writer);
        return bytes.ToArray();
    }
}
