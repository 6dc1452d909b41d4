using System.Security.Cryptography;

namespace Meduza.Image.Oci;

/// <summary>Content that an OCI image refers to by its digest.</summary>
/// <param name="MediaType">What it is.</param>
public sealed record Blob(string MediaType, byte[] Content)
{
    /// <summary>In hexadecimal, without the algorithm.</summary>
    public string Sum { get; } = Convert.ToHexStringLower(SHA256.HashData(Content));

    public string Digest => "sha256:" + Sum;

    /// <summary>Its path within the layout (image-layout.md of the OCI image specification).</summary>
    public string Path => "blobs/sha256/" + Sum;
}
