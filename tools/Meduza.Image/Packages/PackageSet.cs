namespace Meduza.Image.Packages;

/// <summary>All unpacked packages of one architecture, and which of them has which file.</summary>
public sealed class PackageSet
{
    private readonly Dictionary<string, DebianPackage> _byName = [];
    private readonly Dictionary<string, DebianPackage> _byPath = [];

    /// <param name="folder">Of packages, each unpacked into a folder of its own.</param>
    /// <exception cref="ImageException">There is no package in it, or in one of its folders.</exception>
    public PackageSet(string folder)
    {
        if (!Directory.Exists(folder))
            throw new ImageException($"there are no packages in {folder}: ./build.sh rootfs fetches them");
        foreach (var unpacked in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
        {
            var package = new DebianPackage(unpacked);
            _byName.Add(package.Name, package);
            foreach (var path in package.Files)
                _byPath.TryAdd(path, package);
        }
    }

    /// <exception cref="ImageException">It is not here.</exception>
    public DebianPackage this[string name] => _byName.GetValueOrDefault(name)
        ?? throw new ImageException($"the package {name} was not fetched: ./build.sh clean, and then this again, fetches all of them");

    /// <summary>The package with that file; null where none has it.</summary>
    /// <param name="path">Without a slash in front.</param>
    public DebianPackage? Owner(string path) => _byPath.GetValueOrDefault(path);
}
