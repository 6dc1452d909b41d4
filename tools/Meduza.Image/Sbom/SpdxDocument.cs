using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Meduza.Image.Oci;
using Meduza.Image.Root;

namespace Meduza.Image.Sbom;

/// <summary>
/// The bill of materials: SPDX 2.3 in JSON (ISO/IEC 5962's successor, spdx.github.io/spdx-spec/v2.3). Each package with
/// its version, each file with its sums, and which package has it. The document's own file in the image is the one that
/// is not in it.
/// </summary>
public static class SpdxDocument
{
    /// <summary>Where the image has it.</summary>
    public const string Place = "usr/share/meduza/sbom.spdx.json";

    private const string Document = "SPDXRef-DOCUMENT";
    private const string NotSaid = "NOASSERTION";

    public static byte[] Of(RootTree tree, ImageArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(arguments);
        List<BilledFile> files = [.. tree.Files.Where(file => file.Path != Place).Select((file, i) => new BilledFile(file, $"SPDXRef-File-{i}"))];
        List<BilledPackage> packages =
        [
            .. files.GroupBy(file => BilledPackage.IdOf(file.Entry.Origin))
                .Select(group => new BilledPackage(group.Key, group.First().Entry.Origin, [.. group]))
                .OrderBy(package => package.Id, StringComparer.Ordinal),
        ];
        var name = $"meduza-{arguments.Suffix}";
        // Another document has another name space: that of its files.
        var space = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(files.Select(file => $"{file.Entry.Path} {file.Sha256}\n")))));
        return JsonBytes.Of(new JsonObject
        {
            ["spdxVersion"] = "SPDX-2.3",
            ["dataLicense"] = "CC0-1.0",
            ["SPDXID"] = Document,
            ["name"] = name,
            ["documentNamespace"] = $"https://spdx.org/spdxdocs/{name}-{space}",
            ["creationInfo"] = new JsonObject
            {
                ["created"] = arguments.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                ["creators"] = new JsonArray(JsonValue.Create($"Tool: Meduza.Image-{ImageVersion.Number}")),
            },
            ["packages"] = new JsonArray([.. packages.Select(package => package.Json(arguments))]),
            ["files"] = new JsonArray([.. files.Select(file => file.Json())]),
            ["relationships"] = new JsonArray(
            [
                .. packages.Select(package => Relationship(Document, "DESCRIBES", package.Id)),
                .. packages.SelectMany(package => package.Files.Select(file => Relationship(package.Id, "CONTAINS", file.Id))),
            ]),
        }, indented: true);
    }

    /// <summary>What nobody has looked into or declared.</summary>
    internal static JsonNode Unsaid() => JsonValue.Create(NotSaid)!;

    private static JsonObject Relationship(string from, string type, string to) => new()
    {
        ["spdxElementId"] = from,
        ["relationshipType"] = type,
        ["relatedSpdxElement"] = to,
    };
}
