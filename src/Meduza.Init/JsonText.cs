using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Meduza.Init;

/// <summary>A generated method that reads a record.</summary>
/// <exception cref="JsonException">It is something else.</exception>
internal delegate T JsonReading<out T>(ref Utf8JsonReader reader);

/// <summary>Whole documents, by the methods that <see cref="RecordJsonAttribute"/> asks for.</summary>
internal static class JsonText
{
    // Not for a web page: quotes and letters of any script stay readable. Control characters are escaped all the same.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Indented, for a document that is printed alone.</summary>
    public static string Document<T>(T value, Action<Utf8JsonWriter, T> write) =>
        Encoding.UTF8.GetString(Write(value, write, Readable with { Indented = true }).WrittenSpan);

    /// <summary>One line, for a stream.</summary>
    public static string Line<T>(T value, Action<Utf8JsonWriter, T> write) => Encoding.UTF8.GetString(Write(value, write, Readable).WrittenSpan);

    /// <summary>For a program: what is no ASCII is escaped.</summary>
    public static ReadOnlySpan<byte> Utf8<T>(T value, Action<Utf8JsonWriter, T> write) => Write(value, write, default).WrittenSpan;

    /// <exception cref="JsonException">It is something else, or not that alone.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> json, JsonReading<T> read)
    {
        var reader = new Utf8JsonReader(json);
        return End(ref reader, read(ref reader));
    }

    /// <inheritdoc cref="Parse{T}(ReadOnlySpan{byte}, JsonReading{T})"/>
    public static T Parse<T>(in ReadOnlySequence<byte> json, JsonReading<T> read)
    {
        var reader = new Utf8JsonReader(json);
        return End(ref reader, read(ref reader));
    }

    // Reads on to the end, and throws where something but white space follows.
    private static T End<T>(ref Utf8JsonReader reader, T value)
    {
        reader.Read();
        return value;
    }

    private static ArrayBufferWriter<byte> Write<T>(T value, Action<Utf8JsonWriter, T> write, JsonWriterOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, options))
            write(writer, value);
        return buffer;
    }
}
