namespace Meduza.Gateway.Yaml;

/// <summary>
/// Writes a document in block style so that go-yaml v3 reads back what it holds: the same types, texts and order. UTF-8,
/// and nothing that can be seen is escaped.
/// </summary>
public static class YamlWriter
{
    // Readers look for the colon of a simple key within 1,024 characters (YAML 1.2.2, 7.4.2).
    private const int LongestSimpleKey = 200;

    public static ReadOnlyMemory<byte> Write(YamlNode document)
    {
        ArgumentNullException.ThrowIfNull(document);
        // Most of a configuration is short scalars on lines of their own, with some in more bytes than characters. What is too
        // much is never touched, while growing would copy all that was written.
        var text = new YamlText(document.Size.Characters / 4 * 5 + document.Size.Nodes * 8);
        switch (document)
        {
            case YamlMap { Entries.IsEmpty: false } map:
                Write(text, map, 0, false);
                break;
            case YamlSequence { Items.IsEmpty: false } sequence:
                Write(text, sequence, 0, false);
                break;
            case YamlScalar scalar:
                // Readers do not agree about how far the lines of a literal are indented that is all of a document.
                text.Scalar(scalar, 0, oneLine: true);
                text.EndLine();
                break;
            default:
                WriteLine(text, document, 0);
                break;
        }
        return text.Written;
    }

    /// <param name="indent">Spaces before each line of it.</param>
    /// <param name="begun">True when what stands before its first line is written already.</param>
    private static void Write(YamlText text, YamlMap map, int indent, bool begun)
    {
        foreach (var (key, value) in map.Entries)
        {
            if (!begun)
                text.Spaces(indent);
            begun = false;
            if (key.Type == YamlType.Str && key.Text.Length > LongestSimpleKey)
            {
                text.Ascii("? "u8);
                text.Quoted(key.Text);
                text.Ascii("\n"u8);
                text.Spaces(indent);
            }
            else
            {
                text.Scalar(key, 0, oneLine: true);
            }
            text.Ascii(":"u8);
            switch (value)
            {
                case YamlMap { Entries.IsEmpty: false } inner:
                    text.Ascii("\n"u8);
                    Write(text, inner, indent + 2, false);
                    break;
                case YamlSequence { Items.IsEmpty: false } inner:
                    text.Ascii("\n"u8);
                    Write(text, inner, indent + 2, false);
                    break;
                default:
                    text.Ascii(" "u8);
                    WriteLine(text, value, indent + 2);
                    break;
            }
        }
    }

    private static void Write(YamlText text, YamlSequence sequence, int indent, bool begun)
    {
        foreach (var item in sequence.Items)
        {
            if (!begun)
                text.Spaces(indent);
            begun = false;
            text.Ascii("- "u8);
            switch (item)
            {
                case YamlMap { Entries.IsEmpty: false } inner:
                    Write(text, inner, indent + 2, true);
                    break;
                case YamlSequence { Items.IsEmpty: false } inner:
                    Write(text, inner, indent + 2, true);
                    break;
                default:
                    WriteLine(text, item, indent + 2);
                    break;
            }
        }
    }

    private static void WriteLine(YamlText text, YamlNode node, int indent)
    {
        if (node is YamlScalar scalar)
            text.Scalar(scalar, indent, oneLine: false);
        else
            text.Ascii(node is YamlMap ? "{}"u8 : "[]"u8);
        text.EndLine();
    }
}
