namespace Meduza.Init.Agent.Status;

/// <summary>
/// A line of the management socket that tells the state: a notification (<c>&gt;STATE:1700000000,CONNECTED,SUCCESS,…</c>) or
/// the answer to <c>state</c> (<c>1700000000,CONNECTED,SUCCESS,…</c>).
/// </summary>
internal static class OpenVpnStateLine
{
    /// <returns><c>up</c> or <c>connecting</c>; null for a line that is about something else.</returns>
    public static string? Parse(ReadOnlySpan<char> line)
    {
        const string Notification = ">STATE:";
        if (line.StartsWith(Notification, StringComparison.Ordinal))
            line = line[Notification.Length..];
        var comma = line.IndexOf(',');
        if (comma <= 0 || line[..comma].ContainsAnyExceptInRange('0', '9'))
            return null;
        line = line[(comma + 1)..];
        var end = line.IndexOf(',');
        return line[..(end < 0 ? line.Length : end)] is "CONNECTED" ? OpenVpnStates.Up : OpenVpnStates.Connecting;
    }
}
