using System.Globalization;
using System.Text.Json.Nodes;

namespace Meduza.Image.Oci;

/// <summary>
/// The configuration of the image (config.md of the OCI image specification). <c>Healthcheck</c> is Docker's own extension
/// of it, which others pass over. The Dockerfile says the same once more.
/// </summary>
public static class ImageConfig
{
    private const string MediaType = "application/vnd.oci.image.config.v1+json";

    public static IReadOnlyList<string> Command { get; } = ["/sbin/meduza-init"];

    public static IReadOnlyList<string> HealthCheck { get; } = ["CMD", "/bin/meduza", "status", "--quiet"];

    public const string StopSignal = "SIGTERM";

    public const string SearchPath = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";

    private const long Second = 1_000_000_000;

    public static Blob Of(ImageArguments arguments, IReadOnlyList<LayerArchive> layers)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var created = arguments.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var document = new JsonObject
        {
            ["created"] = created,
            ["architecture"] = arguments.Architecture.Name,
            ["os"] = "linux",
            ["config"] = new JsonObject
            {
                ["Env"] = Texts([SearchPath]),
                ["Entrypoint"] = Texts(Command),
                ["WorkingDir"] = "/",
                ["StopSignal"] = StopSignal,
                ["Labels"] = Labels(created),
                ["Healthcheck"] = new JsonObject
                {
                    ["Test"] = Texts(HealthCheck),
                    ["Interval"] = 30 * Second,
                    ["Timeout"] = 10 * Second,
                    // OSPF takes its 40 s to elect a designated router.
                    ["StartPeriod"] = 60 * Second,
                    ["Retries"] = 3,
                },
            },
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = Texts(layers.Select(layer => layer.DiffId)) },
            ["history"] = new JsonArray([.. layers.Select(layer => new JsonObject
            {
                ["created"] = created,
                ["created_by"] = "Meduza.Image",
                ["comment"] = Name(layer),
            })]),
        };
        return new(MediaType, JsonBytes.Of(document));
    }

    /// <summary>Of a layer, for people.</summary>
    public static string Name(LayerArchive layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return layer.Layer.ToString().ToLowerInvariant();
    }

    private static JsonObject Labels(string created) => new()
    {
        ["org.opencontainers.image.title"] = "meduza",
        ["org.opencontainers.image.description"] = "One machine as an overlay-network gateway, configured by etcd",
        ["org.opencontainers.image.version"] = ImageVersion.Number,
        ["org.opencontainers.image.revision"] = ImageVersion.Revision,
        ["org.opencontainers.image.created"] = created,
    };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
