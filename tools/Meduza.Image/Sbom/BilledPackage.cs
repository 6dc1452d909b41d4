using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Meduza.Image.Root;

namespace Meduza.Image.Sbom;

/// <summary>A package of the bill: Debian's, a third party's release, or Meduza itself.</summary>
internal sealed record BilledPackage(string Id, Origin Origin, IReadOnlyList<BilledFile> Files)
{
    public static string IdOf(Origin origin) => "SPDXRef-Package-" + Name(origin).Replace('+', '-').Replace('_', '-');

    public JsonObject Json(ImageArguments arguments)
    {
        var package = new JsonObject
        {
            ["SPDXID"] = Id,
            ["name"] = Name(Origin),
            ["versionInfo"] = Version,
            ["downloadLocation"] = Origin.Release?.Archive(arguments.Architecture).ToString() ?? "NOASSERTION",
            ["filesAnalyzed"] = true,
            ["packageVerificationCode"] = new JsonObject { ["packageVerificationCodeValue"] = VerificationCode() },
            ["licenseConcluded"] = SpdxDocument.Unsaid(),
            ["licenseDeclared"] = Origin.Release?.Licence ?? "NOASSERTION",
            ["copyrightText"] = SpdxDocument.Unsaid(),
        };
        if (Origin.Package is { } debian)
        {
            if (debian.Maintainer is { } maintainer)
                package["supplier"] = $"Person: {maintainer.Replace('<', '(').Replace('>', ')')}";
            if (debian.Homepage is { } homepage)
                package["homepage"] = homepage;
            package["sourceInfo"] = $"built package from: {debian.Source}";
            if (debian.Sum is { } sum)
                package["checksums"] = new JsonArray(BilledFile.Checksum("SHA256", sum));
            package["externalRefs"] = new JsonArray(new JsonObject
            {
                ["referenceCategory"] = "PACKAGE-MANAGER",
                ["referenceType"] = "purl",
                ["referenceLocator"] = $"pkg:deb/debian/{Uri.EscapeDataString(debian.Name)}@{Uri.EscapeDataString(debian.Version)}?arch={debian.Architecture}&distro=trixie",
            });
        }
        return package;
    }

    private string Version => Origin.Package?.Version ?? Origin.Release?.Version ?? ImageVersion.Number;

    private static string Name(Origin origin) => origin.Package?.Name ?? origin.Release?.Program ?? "meduza";

    /// <summary>SPDX 2.3, 7.9: the SHA-1 of the sorted SHA-1s of its files.</summary>
    private string VerificationCode()
    {
        var sums = string.Concat(Files.Select(file => file.Sha1).Order(StringComparer.Ordinal));
#pragma warning disable CA5350 // the format asks for it
        return Convert.ToHexStringLower(SHA1.HashData(Encoding.ASCII.GetBytes(sums)));
#pragma warning restore CA5350
    }
}
