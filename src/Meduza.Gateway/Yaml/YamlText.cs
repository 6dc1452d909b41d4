using System.Text;

namespace Meduza.Gateway.Yaml;

/// <summary>The text of a document while it is written, in UTF-8.</summary>
internal sealed class YamlText(int capacity)
{
    private byte[] _bytes = new byte[Math.Max(64, capacity)];
    private int _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public void Ascii(ReadOnlySpan<byte> text) => text.CopyTo(Take(text.Length));

    public void Spaces(int count) => Take(count).Fill((byte)' ');

    /// <summary>Ends a line, unless a literal text has done so already.</summary>
    public void EndLine()
    {
        if (_bytes[_length - 1] != '\n')
            Ascii("\n"u8);
    }

    /// <param name="indent">Spaces before the lines of a literal text.</param>
    /// <param name="oneLine">True for a key, which is never a literal text.</param>
    public void Scalar(YamlScalar scalar, int indent, bool oneLine)
    {
        if (scalar.Type != YamlType.Str)
        {
            Text(scalar.Text);
            return;
        }
        switch (ScalarStyles.Of(scalar.Text, oneLine))
        {
            case ScalarForm.Plain:
                Text(scalar.Text);
                break;
            case ScalarForm.Literal:
                Literal(scalar.Text, indent);
                break;
            default:
                Quoted(scalar.Text);
                break;
        }
    }

    /// <summary>YAML 1.2.2, 5.7: escapes of what cannot stand in double quotes as it is.</summary>
    public void Quoted(string text)
    {
        Ascii("\""u8);
        for (var start = 0; start < text.Length;)
        {
            var length = ScalarStyles.RunWithoutEscape(text.AsSpan(start));
            Text(text.AsSpan(start, length));
            start += length;
            if (start == text.Length)
                break;
            switch (text[start])
            {
                case '"' or '\\':
                    Ascii([(byte)'\\', (byte)text[start]]);
                    break;
                case '\n':
                    Ascii("\\n"u8);
                    break;
                case '\t':
                    Ascii("\\t"u8);
                    break;
                case var c:
                    Ascii(Encoding.ASCII.GetBytes($"\\u{(int)c:X4}"));
                    break;
            }
            start++;
        }
        Ascii("\""u8);
    }

    /// <summary>YAML 1.2.2, 8.1.2: the indicator after the bar says what becomes of the line ends at the end.</summary>
    private void Literal(string text, int indent)
    {
        Ascii(!text.EndsWith('\n') ? "|-\n"u8 : text.EndsWith("\n\n", StringComparison.Ordinal) ? "|+\n"u8 : "|\n"u8);
        var lines = text.AsSpan(0, text.EndsWith('\n') ? text.Length - 1 : text.Length);
        foreach (var range in lines.Split('\n'))
        {
            if (!lines[range].IsEmpty)
            {
                Spaces(indent);
                Text(lines[range]);
            }
            Ascii("\n"u8);
        }
    }

    private void Text(ReadOnlySpan<char> text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        _length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_length));
    }

    private Span<byte> Take(int count)
    {
        Reserve(count);
        _length += count;
        return _bytes.AsSpan(_length - count, count);
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - _length < count)
            Array.Resize(ref _bytes, Math.Max(_length + count, _bytes.Length + _bytes.Length / 2));
    }
}
