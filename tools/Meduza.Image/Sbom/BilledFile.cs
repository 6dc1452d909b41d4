using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Meduza.Image.Root;

namespace Meduza.Image.Sbom;

/// <summary>A file of the bill.</summary>
internal sealed class BilledFile
{
    public BilledFile(FileEntry entry, string id)
    {
        (Entry, Id) = (entry, id);
        using var content = entry.Open();
        var bytes = new byte[entry.Size];
        content.ReadExactly(bytes);
        // SPDX asks for SHA-1 of every file, as a name and not as a proof; SHA-256 stands beside it.
#pragma warning disable CA5350
        Sha1 = Convert.ToHexStringLower(SHA1.HashData(bytes));
#pragma warning restore CA5350
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    public FileEntry Entry { get; }
    public string Id { get; }
    public string Sha1 { get; }
    public string Sha256 { get; }

    public JsonObject Json() => new()
    {
        ["SPDXID"] = Id,
        ["fileName"] = "./" + Entry.Path,
        ["checksums"] = new JsonArray(Checksum("SHA1", Sha1), Checksum("SHA256", Sha256)),
        ["licenseConcluded"] = SpdxDocument.Unsaid(),
        ["copyrightText"] = SpdxDocument.Unsaid(),
    };

    public static JsonObject Checksum(string algorithm, string value) => new() { ["algorithm"] = algorithm, ["checksumValue"] = value };
}
