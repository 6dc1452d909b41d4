using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using YamlDotNet.Core;

namespace Meduza.Gateway.Yaml;

/// <summary>Reads a document as go-yaml v3 reads it, with aliases and merge keys resolved, at a cost that has a limit.</summary>
public static class YamlReader
{
    private static readonly UTF8Encoding Strict = new(false, true);

    /// <summary>What go-yaml refuses in a document: control characters but for tab and line ends.</summary>
    private static readonly SearchValues<byte> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Where(b => b is not ('\t' or '\n' or '\r')).Select(b => (byte)b), 0x7f]);

    /// <summary>Reads one document; an empty one is null.</summary>
    /// <exception cref="YamlReadException">It is not YAML, or more than <paramref name="limits"/> allow.</exception>
    public static YamlNode Read(ReadOnlyMemory<byte> utf8, YamlLimits? limits = null)
    {
        limits ??= new YamlLimits();
        CheckBytes(utf8.Span, limits);
        using var text = new StreamReader(Stream(utf8), Strict, detectEncodingFromByteOrderMarks: true, bufferSize: 4096);
        var scanner = new Scanner(text, skipComments: true);
        try
        {
            return new YamlBuilder(limits).Build(new Parser(scanner));
        }
        catch (YamlException e)
        {
            throw new YamlReadException(e.Start.Line, e.Start.Column, OneLine(e.Message), e);
        }
        // What the scanner throws by itself at some texts that are not YAML, without a place ("a: [1, 2" and then "b: 3").
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            throw new YamlReadException(scanner.CurrentPosition.Line, scanner.CurrentPosition.Column, "this is not YAML", e);
        }
    }

    private static void CheckBytes(ReadOnlySpan<byte> utf8, YamlLimits limits)
    {
        if (utf8.Length > limits.Bytes)
            throw new YamlReadException(0, 0, $"it has {utf8.Length} bytes; at most {limits.Bytes} are read");
        if (!Utf8.IsValid(utf8))
            throw new YamlReadException(0, 0, "it is not UTF-8");
        if (utf8.IndexOfAny(Controls) is >= 0 and var index)
        {
            var (line, column) = (utf8[..index].Count((byte)'\n') + 1, index - utf8[..index].LastIndexOf((byte)'\n'));
            throw new YamlReadException(line, column, $"the control character U+{utf8[index]:X4} cannot stand in YAML");
        }
    }

    private static MemoryStream Stream(ReadOnlyMemory<byte> utf8) => MemoryMarshal.TryGetArray(utf8, out var array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, false)
        : new MemoryStream(utf8.ToArray(), false);

    /// <summary>The parser's own words, which may have a piece of the document in them: never a line's end, never long.</summary>
    private static string OneLine(string message)
    {
        var text = new StringBuilder();
        foreach (var c in message.AsSpan(0, Math.Min(message.Length, 160)))
            text.Append(Model.Values.Lines.IsControl(c) || char.IsSurrogate(c) ? ' ' : c);
        return text.ToString().TrimEnd('.', ' ');
    }
}
