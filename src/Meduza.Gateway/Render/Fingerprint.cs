using System.Buffers.Binary;
using System.Text;

namespace Meduza.Gateway.Render;

/// <summary>One short text that differs when anything in a set of files does.</summary>
internal static class Fingerprint
{
    /// <summary>SHA-256 over the paths and contents, in the order given, in hexadecimal.</summary>
    public static string Of(params ReadOnlySpan<DesiredFile> files)
    {
        var hash = new Sha256();
        foreach (var file in files)
        {
            Append(hash, Encoding.UTF8.GetBytes(file.Path));
            Append(hash, file.Content.Span);
        }
        return Convert.ToHexStringLower(hash.Finish());
    }

    // Each part with its length, so that no two different sets of files are the same bytes.
    private static void Append(Sha256 hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.Append(length);
        hash.Append(bytes);
    }
}
