using System.Formats.Tar;
using System.Text.Json.Nodes;

namespace Meduza.Image.Oci;

/// <summary>
/// The image as one file: an OCI image layout in a tar archive, which podman, skopeo and Docker from 25 on read, and beside
/// it the <c>manifest.json</c> by which older Dockers load.
/// </summary>
public static class ImageArchive
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    private const string IndexType = "application/vnd.oci.image.index.v1+json";

    /// <param name="path">Of the file, made anew.</param>
    /// <param name="tag">What the image is called when it was loaded: <c>meduza:latest</c>.</param>
    public static void Write(string path, ImageArguments arguments, IReadOnlyList<LayerArchive> layers, string tag)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(tag);
        var config = ImageConfig.Of(arguments, layers);
        var manifest = new Blob(ManifestType, JsonBytes.Of(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = ManifestType,
            ["config"] = Descriptor(config),
            ["layers"] = new JsonArray([.. layers.Select(layer => Descriptor(layer.Compressed))]),
        }));
        List<(string Path, byte[] Content)> files =
        [
            ("index.json", JsonBytes.Of(Index(arguments, manifest, tag))),
            ("manifest.json", JsonBytes.Of(DockerManifest(config, layers, tag))),
            ("oci-layout", JsonBytes.Of(new JsonObject { ["imageLayoutVersion"] = "1.0.0" })),
            .. ((IEnumerable<Blob>)[config, manifest, .. layers.Select(layer => layer.Compressed)]).Select(blob => (blob.Path, blob.Content)).OrderBy(file => file.Path, StringComparer.Ordinal),
        ];
        using (var output = File.Create(path + ".new"))
        using (var writer = new TarWriter(output, TarEntryFormat.Ustar))
        {
            foreach (var (name, content) in files)
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
                {
                    ModificationTime = arguments.Time,
                    DataStream = new MemoryStream(content, writable: false),
                });
            }
        }
        File.Move(path + ".new", path, overwrite: true);
    }

    private static JsonObject Index(ImageArguments arguments, Blob manifest, string tag)
    {
        var descriptor = Descriptor(manifest);
        descriptor["platform"] = new JsonObject { ["architecture"] = arguments.Architecture.Name, ["os"] = "linux" };
        descriptor["annotations"] = new JsonObject
        {
            // The tag alone is OCI's; containerd, and Docker above it, want the whole name.
            ["org.opencontainers.image.ref.name"] = tag[(tag.IndexOf(':', StringComparison.Ordinal) + 1)..],
            ["io.containerd.image.name"] = "docker.io/library/" + tag,
        };
        return new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = IndexType, ["manifests"] = new JsonArray(descriptor) };
    }

    private static JsonArray DockerManifest(Blob config, IReadOnlyList<LayerArchive> layers, string tag) => new(new JsonObject
    {
        ["Config"] = config.Path,
        ["RepoTags"] = new JsonArray(JsonValue.Create(tag)),
        ["Layers"] = new JsonArray([.. layers.Select(layer => JsonValue.Create(layer.Compressed.Path))]),
    });

    private static JsonObject Descriptor(Blob blob) => new()
    {
        ["mediaType"] = blob.MediaType,
        ["digest"] = blob.Digest,
        ["size"] = blob.Content.Length,
    };
}
