using System.Collections.Immutable;
using System.Text;

namespace Meduza.Init.Supervise.Logs;

/// <summary>
/// Hides what a program says after certain words of its own: <c>network_secret = "…"</c>. All to the end of the line goes, since
/// nobody here knows where the secret ends.
/// </summary>
internal sealed class SecretFields(ImmutableArray<string> names)
{
    private readonly byte[][] _names = [.. names.Where(name => name.Length > 0).Select(Encoding.UTF8.GetBytes)];

    public static SecretFields None { get; } = new([]);

    /// <summary>The line as it may be kept; itself where there is nothing to hide.</summary>
    public ReadOnlySpan<byte> Hide(ReadOnlySpan<byte> line)
    {
        foreach (var name in _names)
        {
            if (line.IndexOf(name) is >= 0 and var start)
                line = (byte[])[.. line[..(start + name.Length)], .. " (hidden)"u8];
        }
        return line;
    }
}
