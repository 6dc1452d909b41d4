namespace Meduza.Init.Agent.Downloads;

/// <summary>What can be told of geographical data without the program that reads it: that it is a file of its kind.</summary>
internal static class GeodataCheck
{
    // A database of MaxMind's format ends with this and what follows it, at most 128 KiB (MaxMind DB File Format, "Metadata").
    private const int LongestMetadata = 128 << 10;

    private static readonly byte[] MetadataMark = [0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8];

    /// <param name="wanted">Which.</param>
    /// <param name="content">Can be sought in.</param>
    /// <returns>What is wrong with it, as what follows the server's name; null where nothing is.</returns>
    public static string? Problem(WantedDownload wanted, Stream content)
    {
        if (content.Length == 0)
            return "its answer is empty";
        if (wanted.Name.EndsWith(".dat", StringComparison.Ordinal))
        {
            // A list of the protocol buffers' format: each entry begins with its tag, field 1 of a given length.
            return content.ReadByte() == 0x0A ? null : "its answer is no list of geographical data";
        }
        var tail = new byte[(int)Math.Min(content.Length, LongestMetadata)];
        content.Seek(-tail.Length, SeekOrigin.End);
        content.ReadExactly(tail);
        return tail.AsSpan().IndexOf(MetadataMark) >= 0 ? null : "its answer is no database of geographical data";
    }
}
