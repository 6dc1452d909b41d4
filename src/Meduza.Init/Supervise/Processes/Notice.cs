using System.Text;

namespace Meduza.Init.Supervise.Processes;

/// <summary>What a service says of itself (sd_notify(3)). Whatever else a message holds is passed over.</summary>
/// <param name="IsReady"><c>READY=1</c>.</param>
/// <param name="IsStopping"><c>STOPPING=1</c>.</param>
/// <param name="IsReloading"><c>RELOADING=1</c>.</param>
/// <param name="Status">The text of <c>STATUS=</c>, cut to <see cref="LongestStatus"/>; null when there is none.</param>
internal readonly record struct Notice(bool IsReady, bool IsStopping, bool IsReloading, string? Status)
{
    public const int LongestStatus = 256;

    public static Notice Ready { get; } = new(true, false, false, null);

    /// <summary>The lines of a message: <c>NAME=value</c>, UTF-8.</summary>
    public static Notice Parse(ReadOnlySpan<byte> message)
    {
        Notice notice = default;
        foreach (var range in message.Split((byte)'\n'))
        {
            var line = message[range];
            if (line.SequenceEqual("READY=1"u8))
                notice = notice with { IsReady = true };
            else if (line.SequenceEqual("STOPPING=1"u8))
                notice = notice with { IsStopping = true };
            else if (line.SequenceEqual("RELOADING=1"u8))
                notice = notice with { IsReloading = true };
            else if (line.StartsWith("STATUS="u8))
                notice = notice with { Status = Text(line["STATUS="u8.Length..]) };
        }
        return notice;
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        return text.Length > LongestStatus ? text[..LongestStatus] : text;
    }
}
