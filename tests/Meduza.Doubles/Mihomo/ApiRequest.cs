using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Meduza.Doubles.Mihomo;

/// <summary>A request of HTTP/1.1, as far as the API looks at it.</summary>
/// <param name="Path">The parts between slashes, unescaped; without the query.</param>
/// <param name="Secret">What was said as <c>Authorization: Bearer</c>; null where nothing was.</param>
internal sealed record ApiRequest(string Method, string[] Path, string? Secret, byte[] Body)
{
    /// <summary>Reads one; null where none came.</summary>
    public static ApiRequest? Read(Socket client, int longestHead)
    {
        var buffer = new byte[longestHead];
        var length = 0;
        int end;
        while ((end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (length == buffer.Length || client.Receive(buffer.AsSpan(length)) is not (> 0 and var received))
                return null;
            length += received;
        }
        var lines = Encoding.UTF8.GetString(buffer, 0, end).Split("\r\n");
        if (lines[0].Split(' ') is not [var method, var target, ..])
            return null;
        var body = new byte[int.TryParse(Header("Content-Length"), CultureInfo.InvariantCulture, out var size) ? size : 0];
        var first = Math.Min(body.Length, length - end - 4);
        buffer.AsSpan(end + 4, first).CopyTo(body);
        for (var there = first; there < body.Length;)
        {
            if (client.Receive(body.AsSpan(there)) is not (> 0 and var received))
                return null;
            there += received;
        }
        const string Bearer = "Bearer ";
        var authorization = Header("Authorization");
        return new(
            method,
            [.. target.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)],
            authorization?.StartsWith(Bearer, StringComparison.Ordinal) == true ? authorization[Bearer.Length..] : null,
            body);

        string? Header(string name) => lines.Skip(1)
            .FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
    }
}
