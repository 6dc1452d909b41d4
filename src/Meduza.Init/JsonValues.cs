using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Meduza.Init;

/// <summary>
/// Single values and structure, for the generated methods. The reader's own getters throw what is no
/// <see cref="JsonException"/> where the value is of another kind; these do not.
/// </summary>
internal static class JsonValues
{
    public static void StartObject(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.None)
            reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("no object", "$", null, null);
    }

    /// <returns>True on the name of the next property; false at the object's end.</returns>
    public static bool NextProperty(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    public static void StartArray(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw Wrong(name);
    }

    /// <returns>True on the next item; false at the array's end.</returns>
    public static bool NextItem(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType != JsonTokenType.EndArray;

    /// <summary>A text, null too: whoever holds it turns that into its default.</summary>
    public static string String(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
            throw Wrong(name);
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Wrong(name); // no UTF-8, or half of a surrogate pair
        }
    }

    public static bool Boolean(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.TokenType is JsonTokenType.True or JsonTokenType.False ? reader.GetBoolean() : throw Wrong(name);

    public static int Int32(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value) ? value : throw Wrong(name);

    public static long Int64(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value) ? value : throw Wrong(name);

    public static ulong UInt64(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out var value) ? value : throw Wrong(name);

    public static double Double(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var value) ? value : throw Wrong(name);

    /// <summary>Bytes in base64.</summary>
    public static byte[] Bytes(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out var value) ? value : throw Wrong(name);

    /// <summary><c>[-][d.]hh:mm:ss[.fffffff]</c>.</summary>
    public static TimeSpan TimeSpan(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        System.TimeSpan.TryParseExact(String(ref reader, name), "c", CultureInfo.InvariantCulture, out var value) ? value : throw Wrong(name);

    public static string Text(TimeSpan value) => value.ToString("c", CultureInfo.InvariantCulture);

    public static JsonException Wrong(ReadOnlySpan<byte> name)
    {
        var text = Encoding.UTF8.GetString(name);
        return new($"'{text}' has a value of another kind", text, null, null);
    }

    public static JsonException Missing(string name) => new($"'{name}' is missing", name, null, null);

    /// <summary>A value that its enum does not name: a fault of ours.</summary>
    public static InvalidOperationException Unnamed(string type) => new($"a {type} without a name");
}
