namespace Meduza.Init.Agent.Downloads;

/// <summary>What can be told of a rule file for MosDNS without knowing which plugin reads it: that it is a list of lines.</summary>
internal static class RuleFileCheck
{
    // Above this MosDNS (bufio.Scanner) fails to read the file, and does not start.
    private const int LongestLine = (64 << 10) - 1;

    /// <param name="name">Of the file.</param>
    /// <param name="content">Read from its beginning to its end.</param>
    /// <returns>What is wrong with it, as what follows the server's name; null where nothing is.</returns>
    public static string? Problem(string name, Stream content)
    {
        var chunk = new byte[64 << 10];
        var (line, isEmpty) = (0, true);
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
            foreach (var b in bytes)
            {
                line = b == '\n' ? 0 : line + 1;
                if (line > LongestLine)
                    return "its answer has a line that is longer than MosDNS can read, 64 KiB";
            }
        }
        return isEmpty ? "its answer is empty" : null;
    }
}
