using System.Text;
using Meduza.Image.Packages;

namespace Meduza.Image.Root;

/// <summary>
/// The authorities whose certificates are believed: all of Mozilla's, as the package has them, in the one file that
/// <c>update-ca-certificates</c> would write, and the paths by which OpenSSL finds it.
/// </summary>
public static class Certificates
{
    public const string Bundle = "etc/ssl/certs/ca-certificates.crt";

    private const string Folder = "usr/share/ca-certificates/";

    public static void Add(RootTree tree, DebianPackage package)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(package);
        var text = new StringBuilder();
        foreach (var path in package.Files.Where(path => path.StartsWith(Folder, StringComparison.Ordinal) && path.EndsWith(".crt", StringComparison.Ordinal)))
            text.Append(File.ReadAllText(package.Place(path)).TrimEnd('\n')).Append('\n');
        if (text.Length == 0)
            throw new ImageException($"{package.Name} {package.Version} has no certificate below {Folder}");
        var origin = new Origin(Layer.Libraries, "certificates", package);
        tree.AddText(Bundle, text.ToString(), origin);
        // OPENSSLDIR of Debian's OpenSSL; what is added to the folder of certificates by an operator is found there, too.
        tree.AddLink("usr/lib/ssl/cert.pem", "/" + Bundle, origin);
        tree.AddLink("usr/lib/ssl/certs", "/etc/ssl/certs", origin);
    }
}
