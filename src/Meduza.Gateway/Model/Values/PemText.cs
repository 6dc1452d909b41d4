using System.Diagnostics.CodeAnalysis;

namespace Meduza.Gateway.Model.Values;

/// <summary>
/// PEM and its relatives: blocks between <c>-----BEGIN X-----</c> and <c>-----END X-----</c>. What is checked is the shape,
/// so that a path, a cut-off copy or another kind of key is told at once, and not by a daemon that does not start.
/// </summary>
internal static class PemText
{
    private const string Begin = "-----BEGIN ";
    private const string End = "-----END ";
    private const string Dashes = "-----";

    /// <summary>Characters of a line: OpenSSL and OpenVPN read no longer ones, and tincd ends at one of 2,048 (RFC 7468 writes 64).</summary>
    private const int LongestLine = 254;

    /// <summary>A kind of value that is the content of a file, where a path is the mistake that is made most.</summary>
    /// <param name="isRight">Of the lines as <see cref="Normalize"/> has them.</param>
    public static ValueKind<T> Kind<T>(string name, string expected, Func<string, bool> isRight, Func<string, T> make) => new(
        name, expected, ValueLayout.Lines, text =>
        {
            var content = Normalize(text);
            if (isRight(content))
                return Reading.Of<T>(make(content));
            return Reading.Bad<T>(LooksLikePath(text) ? "it looks like a path: put the file's content into the key" : "");
        });

    /// <summary>Lines ended by <c>\n</c>, the last one too, without white space around them and without empty lines.</summary>
    private static string Normalize(string text) => string.Join('\n', Lines.Items(text)) + "\n";

    /// <summary>True when there is at least one block, and every block has one of <paramref name="labels"/> and base64 in it.</summary>
    /// <remarks>Text between the blocks (openssl writes the certificate's own there) is allowed, as PEM readers skip it.</remarks>
    public static bool HoldsOnly(string text, params ReadOnlySpan<string> labels)
    {
        var blocks = 0;
        string? open = null;
        var body = 0;
        foreach (var line in Lines.Items(text))
        {
            if (TryLabel(line, Begin, out var label))
            {
                if (open is not null || !labels.Contains(label))
                    return false;
                (open, body) = (label, 0);
            }
            else if (TryLabel(line, End, out label))
            {
                if (label != open || body == 0)
                    return false;
                open = null;
                blocks++;
            }
            else if (open is not null)
            {
                // "Proc-Type: 4,ENCRYPTED" and its like are headers of a block that needs a passphrase.
                if (line.Length > LongestLine || line.AsSpan().TrimEnd('=').ContainsAnyExcept(CharacterSets.Base64))
                    return false;
                body++;
            }
        }
        return blocks > 0 && open is null;
    }

    /// <summary>The same with one block and no text around it: for what stands in a file in which such text would mean something.</summary>
    public static bool IsOneBlock(string text, params ReadOnlySpan<string> labels)
    {
        var lines = Lines.Items(text).ToList();
        return HoldsOnly(text, labels) && lines.Count(line => TryLabel(line, Begin, out _)) == 1
            && TryLabel(lines[0], Begin, out _) && TryLabel(lines[^1], End, out _);
    }

    /// <summary>An OpenVPN static key: 2048 bits in hexadecimal (<c>openvpn --genkey secret</c>).</summary>
    public static bool IsStaticKey(string text)
    {
        var digits = 0;
        var state = 0;
        foreach (var line in Lines.Items(text))
        {
            if (line == "-----BEGIN OpenVPN Static key V1-----")
                state = state == 0 ? 1 : 3;
            else if (line == "-----END OpenVPN Static key V1-----")
                state = state == 1 ? 2 : 3;
            else if (state == 1)
            {
                if (line.AsSpan().ContainsAnyExcept(CharacterSets.HexDigits))
                    return false;
                digits += line.Length;
            }
            else if (line[0] != '#')
                return false;
        }
        return state == 2 && digits == 512;
    }

    private static bool LooksLikePath(string text) =>
        !text.Contains('\n', StringComparison.Ordinal) && (text.StartsWith('/') || text.StartsWith("./", StringComparison.Ordinal) || text.StartsWith('~')
            || text.EndsWith(".pem", StringComparison.Ordinal) || text.EndsWith(".key", StringComparison.Ordinal)
            || text.EndsWith(".crt", StringComparison.Ordinal));

    private static bool TryLabel(string line, string opening, [NotNullWhen(true)] out string? label)
    {
        label = null;
        if (!line.StartsWith(opening, StringComparison.Ordinal) || !line.EndsWith(Dashes, StringComparison.Ordinal)
            || line.Length <= opening.Length + Dashes.Length)
        {
            return false;
        }
        label = line[opening.Length..^Dashes.Length];
        return true;
    }
}
