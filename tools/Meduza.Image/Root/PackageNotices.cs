using System.Text;
using Meduza.Image.Packages;

namespace Meduza.Image.Root;

/// <summary>
/// Of every package that gave a file: its licence, which goes with it, and its control file in
/// <c>/var/lib/dpkg/status.d</c>, where scanners look for the versions of an image that has no package manager.
/// </summary>
public static class PackageNotices
{
    public static void Add(RootTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var givers = tree.Entries.Where(entry => entry.Origin.Package is not null)
            .GroupBy(entry => entry.Origin.Package!, (package, entries) => (Package: package, Layer: entries.Min(entry => entry.Origin.Layer)))
            .OrderBy(giver => giver.Package.Name, StringComparer.Ordinal).ToList();
        foreach (var (package, layer) in givers)
        {
            var origin = new Origin(layer, "licences", package);
            tree.AddBytes($"var/lib/dpkg/status.d/{package.Name}", Encoding.UTF8.GetBytes(package.Control), origin);
            if (Licence(package) is { } licence)
                tree.AddFile($"usr/share/doc/{package.Name}/copyright", licence, origin);
        }
    }

    // Packages of one source may share the folder by a link to that of another one, which then gives its licence itself.
    private static string? Licence(DebianPackage package)
    {
        var place = package.Place($"usr/share/doc/{package.Name}/copyright");
        return File.Exists(place) ? place : null;
    }
}
