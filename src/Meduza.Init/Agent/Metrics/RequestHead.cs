namespace Meduza.Init.Agent.Metrics;

/// <summary>
/// The first line of a request (RFC 9112, 3), which is all that counts here; what the other lines of its head say changes
/// nothing.
/// </summary>
internal static class RequestHead
{
    /// <summary>True when the head is complete.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> head) => head.IndexOf("\r\n\r\n"u8) >= 0;

    /// <summary>Judges a whole head.</summary>
    /// <returns>Status code of the answer: 200 where the metrics are asked for.</returns>
    /// <param name="withoutBody">True where only the head of the answer is.</param>
    public static int Judge(ReadOnlySpan<byte> head, out bool withoutBody)
    {
        withoutBody = false;
        var line = head[..head.IndexOf("\r\n"u8)];
        var first = line.IndexOf((byte)' ');
        var last = line.LastIndexOf((byte)' ');
        if (first <= 0 || last <= first + 1 || !line[(last + 1)..].StartsWith("HTTP/1."u8))
            return 400;
        var method = line[..first];
        withoutBody = method.SequenceEqual("HEAD"u8);
        if (!withoutBody && !method.SequenceEqual("GET"u8))
            return 405;
        return IsMetrics(line[(first + 1)..last]) ? 200 : 404;
    }

    /// <summary>A proxy asks with the whole address; a reader may add a query.</summary>
    private static bool IsMetrics(ReadOnlySpan<byte> target)
    {
        var scheme = "http://"u8;
        if (target.StartsWith(scheme))
        {
            target = target[scheme.Length..];
            target = target.IndexOf((byte)'/') is >= 0 and var path ? target[path..] : [];
        }
        if (target.IndexOf((byte)'?') is >= 0 and var query)
            target = target[..query];
        return target.SequenceEqual("/metrics"u8);
    }
}
