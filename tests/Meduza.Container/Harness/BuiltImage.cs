using System.Formats.Tar;
using System.Text.Json.Nodes;
using Meduza.Lab.Harness;

namespace Meduza.Container.Harness;

/// <summary>The archive that <c>./build.sh image</c> has left: read as a container engine reads it, from <c>index.json</c> on.</summary>
public sealed class BuiltImage
{
    private readonly Dictionary<string, byte[]> _files = [];

    private BuiltImage(string archive)
    {
        Path = archive;
        using var content = File.OpenRead(archive);
        using var reader = new TarReader(content);
        while (reader.GetNextEntry() is { } entry)
        {
            using var file = new MemoryStream();
            entry.DataStream?.CopyTo(file);
            _files[entry.Name] = file.ToArray();
        }
        Index = Json("index.json");
        var manifest = Json(BlobOf(Assert.Single(Index["manifests"]!.AsArray())!));
        Config = Json(BlobOf(manifest["config"]!));
        Layers = [.. manifest["layers"]!.AsArray().Select(layer => BlobOf(layer!))];
    }

    /// <summary>The one for this machine.</summary>
    /// <exception cref="LabException">There is none: <c>./build.sh image</c> makes it.</exception>
    public static BuiltImage Ours { get; } = new(System.IO.Path.Combine(Folder, $"meduza-{Arch.Name}.tar"));

    /// <summary>Of this machine.</summary>
    public static Image.Architecture Arch => System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64
        ? Image.Architecture.Arm64
        : Image.Architecture.Amd64;

    /// <summary>The sources that this was built in.</summary>
    public static string Sources
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(System.IO.Path.Combine(folder.FullName, "Meduza.sln")))
                    return folder.FullName;
            }
            throw new LabException("the tests lie outside of the sources");
        }
    }

    /// <summary>Where images are made: <c>MEDUZA_IMAGE</c>, or <c>artifacts/image</c> of the sources.</summary>
    public static string Folder => Environment.GetEnvironmentVariable("MEDUZA_IMAGE") is { Length: > 0 } named ? named : System.IO.Path.Combine(Sources, "artifacts/image");

    public string Path { get; }

    public JsonNode Index { get; }

    /// <summary>The image's configuration.</summary>
    public JsonNode Config { get; }

    /// <summary>Paths within the archive, the lowest first.</summary>
    public IReadOnlyList<string> Layers { get; }

    /// <summary>Paths of all within the archive.</summary>
    public IEnumerable<string> Files => _files.Keys;

    public byte[] this[string path] => _files[path];

    public JsonNode Json(string path) => JsonNode.Parse(_files[path])!;

    /// <summary>Lays the layers over each other, as a container's root.</summary>
    public void Unpack(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var layer in Layers)
        {
            var file = folder + ".layer";
            File.WriteAllBytes(file, _files[layer]);
            Must.Run(["tar", "-C", folder, "--numeric-owner", "-xpzf", file]);
            File.Delete(file);
        }
    }

    private static string BlobOf(JsonNode descriptor) => $"blobs/{((string)descriptor["digest"]!).Replace(':', '/')}";
}
