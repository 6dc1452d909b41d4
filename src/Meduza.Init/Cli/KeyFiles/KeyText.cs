using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;

namespace Meduza.Init.Cli.KeyFiles;

/// <summary>
/// Keys as text that <see cref="KeyFile"/> reads back byte by byte: one flat map, sorted, so that two exports of the same
/// keys are the same file and a version control shows what changed. A value that is not UTF-8 is in base64 and marked so.
/// </summary>
internal static class KeyText
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <exception cref="CommandException">The name of a key is not UTF-8.</exception>
    public static string Json(Snapshot keys)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            foreach (var (key, value) in keys.Keys)
            {
                json.WritePropertyName(Checked(key));
                if (IsText(value, out var plain))
                {
                    json.WriteStringValue(plain);
                    continue;
                }
                json.WriteStartObject();
                json.WriteBase64String(JsonKeys.Base64, value.Span);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(text.WrittenSpan) + "\n";
    }

    /// <inheritdoc cref="Json"/>
    public static string Yaml(Snapshot keys)
    {
        if (keys.Keys.IsEmpty)
            return "{}\n";
        var text = new StringBuilder();
        foreach (var (key, value) in keys.Keys)
        {
            // Readers look for the colon of a simple key within 1,024 characters (YAML 1.2.2, 7.4.2).
            var isSimple = Checked(key).Length < 200;
            if (!isSimple)
                text.Append("? ");
            if (key.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-'))
                text.Append(key);
            else
                Quote(text, key);
            text.Append(isSimple ? ": " : "\n: ");
            if (!IsText(value, out var plain))
                text.Append("!!binary \"").Append(Convert.ToBase64String(value.Span)).Append("\"\n");
            else if (IsLines(plain))
                Lines(text, plain);
            else
                Quote(text, plain).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>True where YAML keeps each line as it is, and an editor too.</summary>
    private static bool IsLines(string text) =>
        text.Contains('\n', StringComparison.Ordinal) && text[0] is not (' ' or '\n')
        && text.All(c => c is '\n' or (>= ' ' and <= '~')) && !text.Contains(" \n", StringComparison.Ordinal);

    /// <summary>A literal block (YAML 1.2.2, 8.1.2), which says how many line ends it keeps.</summary>
    private static void Lines(StringBuilder text, string value)
    {
        text.Append(!value.EndsWith('\n') ? "|-\n" : value.EndsWith("\n\n", StringComparison.Ordinal) ? "|+\n" : "|\n");
        foreach (var line in (value.EndsWith('\n') ? value[..^1] : value).Split('\n'))
            text.Append(line.Length > 0 ? "  " : "").Append(line).Append('\n');
    }

    /// <summary>
    /// Always in quotes, since another reader of the file takes a plain <c>1400</c> or <c>true</c> for more than text. All
    /// that cannot be seen is escaped (YAML 1.2.2, 5.7).
    /// </summary>
    private static StringBuilder Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var rune in value.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '"' or '\\':
                    text.Append('\\').Append((char)rune.Value);
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                case >= ' ' and <= '~':
                    text.Append((char)rune.Value);
                    break;
                default:
                    if (Rune.IsLetterOrDigit(rune) || Rune.IsSymbol(rune) || Rune.IsPunctuation(rune))
                        text.Append(rune.ToString());
                    else
                        text.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
                    break;
            }
        }
        return text.Append('"');
    }

    private static bool IsText(ReadOnlyMemory<byte> value, out string text)
    {
        try
        {
            text = Strict.GetString(value.Span);
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = "";
            return false;
        }
    }

    // The store reads such bytes as the replacement character; written, that would be another key.
    private static string Checked(string key) => !key.Contains('\uFFFD', StringComparison.Ordinal)
        ? key
        : throw new CommandException($"the name of key {Quoted.Of(key)} is not UTF-8, and no file of keys can hold it: delete it with etcdctl");
}
