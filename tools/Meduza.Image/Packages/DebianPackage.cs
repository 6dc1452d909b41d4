namespace Meduza.Image.Packages;

/// <summary>A package of Debian, unpacked and not installed: <c>dpkg-deb -R</c> leaves its files and, below <c>DEBIAN</c>, what it says of itself.</summary>
public sealed class DebianPackage
{
    private const string ControlFolder = "DEBIAN";

    private readonly string _folder;
    private readonly Dictionary<string, string> _fields;

    /// <param name="folder">Where it was unpacked.</param>
    /// <exception cref="ImageException">There is no package in it.</exception>
    public DebianPackage(string folder)
    {
        _folder = Path.GetFullPath(folder);
        var control = Path.Combine(_folder, ControlFolder, "control");
        if (!File.Exists(control))
            throw new ImageException($"{folder} is no unpacked package: remove it, and run this again");
        Control = File.ReadAllText(control);
        _fields = Fields(Control);
        Files = [.. Walk(_folder, "").Order(StringComparer.Ordinal)];
    }

    public string Name => Field("Package") ?? throw new ImageException($"{_folder}: a package without a name");

    public string Version => Field("Version") ?? throw new ImageException($"{Name}: a package without a version");

    public string Architecture => Field("Architecture") ?? throw new ImageException($"{Name}: a package without an architecture");

    /// <summary>Of its source package; Debian's security tracker goes by that.</summary>
    public string Source => Field("Source") is { } source ? source.Split(' ')[0] : Name;

    /// <summary>Who keeps it.</summary>
    public string? Maintainer => Field("Maintainer");

    public string? Homepage => Field("Homepage");

    /// <summary>SHA-256 of the package file, in hexadecimal, as build/image.sh left it beside the control file; null where it did not.</summary>
    public string? Sum => Path.Combine(_folder, ControlFolder, "sha256") is var path && File.Exists(path) ? File.ReadAllText(path).Trim() : null;

    /// <summary>Its control file (deb-control(5)), whole.</summary>
    public string Control { get; }

    /// <summary>Paths of all that is not a folder, without a slash in front, sorted.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Where a file of it lies here.</summary>
    public string Place(string path) => Path.Combine(_folder, path);

    /// <summary>A field of the control file; null where it has none.</summary>
    public string? Field(string name) => _fields.GetValueOrDefault(name);

    // Links to folders are files here: they are taken as links.
    private static IEnumerable<string> Walk(string folder, string prefix)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            var path = prefix + entry.Name;
            if (entry is DirectoryInfo { LinkTarget: null })
            {
                if (path == ControlFolder)
                    continue;
                foreach (var inner in Walk(entry.FullName, path + "/"))
                    yield return inner;
            }
            else
            {
                yield return path;
            }
        }
    }

    private static Dictionary<string, string> Fields(string control)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in control.Split('\n'))
        {
            // What begins with a space goes on with the field before it: a description, which nobody asks for.
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && !char.IsWhiteSpace(line[0]))
                fields[line[..colon]] = line[(colon + 1)..].Trim();
        }
        return fields;
    }
}
