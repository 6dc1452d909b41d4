using System.Text;
using Meduza.Gateway.Model.Mosdns;

namespace Meduza.Init.Agent.Downloads;

/// <summary>
/// What can be told of a rule file for MosDNS: that it is a list of lines, and, where it is known as what it is read, that MosDNS
/// reads each. It ends at a file that it cannot read.
/// </summary>
internal static class RuleFileCheck
{
    // Above this MosDNS (bufio.Scanner) fails to read the file, and does not start.
    private const int LongestLine = (64 << 10) - 1;

    /// <param name="wanted">Which.</param>
    /// <param name="content">Read from its beginning to its end.</param>
    /// <returns>What is wrong with it, as what follows the server's name; null where nothing is.</returns>
    public static string? Problem(WantedDownload wanted, Stream content)
    {
        var (chunk, line) = (new byte[64 << 10], new byte[LongestLine]);
        var (length, number, isEmpty) = (0, 1, true);
        while (content.Read(chunk) is var count and > 0)
        {
            var bytes = chunk.AsSpan(0, count);
            if (isEmpty)
            {
                var text = bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
                text = text.TrimStart(" \t\r\n"u8);
                if (!text.IsEmpty && text[0] is (byte)'<' or (byte)'{')
                    return $"its answer is {(text[0] == '<' ? "a web page" : "JSON")}, and no list of rules";
                isEmpty = text.IsEmpty;
            }
            if (bytes.Contains((byte)0))
                return "its answer is no text, and so no list of rules";
            while (!bytes.IsEmpty)
            {
                var end = bytes.IndexOf((byte)'\n');
                var part = end < 0 ? bytes : bytes[..end];
                if (length + part.Length > LongestLine)
                    return "its answer has a line that is longer than MosDNS can read, 64 KiB";
                part.CopyTo(line.AsSpan(length));
                length += part.Length;
                bytes = bytes[(end < 0 ? part.Length : end + 1)..];
                if (end < 0)
                    continue;
                if (LineProblem(line.AsSpan(0, length)) is { } problem)
                    return problem;
                (length, number) = (0, number + 1);
            }
        }
        return isEmpty ? "its answer is empty" : LineProblem(line.AsSpan(0, length));

        string? LineProblem(ReadOnlySpan<byte> text) =>
            wanted.Reading != RuleReading.None && RuleLine.Problem(Encoding.UTF8.GetString(text.EndsWith("\r"u8) ? text[..^1] : text), wanted.Reading) is { } problem
                ? $"MosDNS cannot read line {number} of its answer: {problem}"
                : null;
    }
}
