namespace Meduza.Image.Tests;

/// <summary>A folder in which a test makes packages and images.</summary>
internal sealed class Workshop : IDisposable
{
    public static DateTimeOffset Time { get; } = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    public string Path { get; } = Directory.CreateTempSubdirectory("meduza-image-").FullName;

    public string At(string path) => System.IO.Path.Combine(Path, path);

    /// <summary>Writes a file, and the folders that it lies in.</summary>
    public string Write(string path, byte[] content)
    {
        var place = At(path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(place)!);
        File.WriteAllBytes(place, content);
        return place;
    }

    public string Write(string path, string content) => Write(path, System.Text.Encoding.UTF8.GetBytes(content));

    /// <summary>A package as dpkg-deb -R unpacks it.</summary>
    public void Package(string name, params IReadOnlyList<(string Path, byte[] Content)> files)
    {
        Write($"packages/{name}/DEBIAN/control", $"Package: {name}\nVersion: 1.0-1\nArchitecture: amd64\nDescription: a package\n with more lines: of text\n");
        foreach (var (path, content) in files)
            Write($"packages/{name}/{path}", content);
    }

    public void Link(string path, string target)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(path))!);
        File.CreateSymbolicLink(At(path), target);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
