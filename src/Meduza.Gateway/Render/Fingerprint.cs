using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Meduza.Gateway.Render;

/// <summary>One short text that differs when anything in a set of files does.</summary>
/// <remarks>
/// It tells a change from none and protects nothing, so it need not be a cryptographic one; those bring OpenSSL into a
/// process that may have no other use for it.
/// </remarks>
internal static class Fingerprint
{
    /// <summary>XXH128 over the paths and contents, in the order given, in hexadecimal.</summary>
    public static string Of(params ReadOnlySpan<DesiredFile> files)
    {
        var hash = new XxHash128();
        Span<byte> path = stackalloc byte[256];
        foreach (var file in files)
        {
            Append(hash, Encoding.UTF8.TryGetBytes(file.Path, path, out var length) ? path[..length] : Encoding.UTF8.GetBytes(file.Path));
            Append(hash, file.Content.Span);
        }
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>The same over files, and over links that lead to a new target when what they stand for changes.</summary>
    public static string Of(IEnumerable<DesiredFile> files, IEnumerable<DesiredSymlink> links) => Of(
    [
        .. files,
        .. links.Select(link => new DesiredFile(link.Path, Encoding.UTF8.GetBytes(link.Target), default, link.Component)),
    ]);

    // Each part with its length, so that no two different sets of files are the same bytes.
    private static void Append(XxHash128 hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.Append(length);
        hash.Append(bytes);
    }
}
