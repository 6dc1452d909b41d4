using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Render.Mihomo;

/// <summary>What in a configuration of mihomo is nobody's business: whatever a proxy or a provider is told to say, and passwords of its own.</summary>
public static class MihomoSecrets
{
    private static readonly string[] Places = ["secret", "authentication", "proxies", "proxy-providers", "rule-providers"];

    // What a message about a proxy is of use for.
    private static readonly HashSet<string> Open = ["name", "type", "server", "port", "cipher", "network", "udp", "tls", "behavior", "format", "interval"];

    /// <param name="config">A whole configuration.</param>
    /// <exception cref="YamlReadException">It is none.</exception>
    public static IEnumerable<string> In(ReadOnlyMemory<byte> config) =>
        YamlReader.Read(config) is YamlMap map ? Places.SelectMany(place => Below(map[place])) : [];

    private static IEnumerable<string> Below(YamlNode? node) => node switch
    {
        YamlScalar scalar => [scalar.Text],
        YamlSequence list => list.Items.SelectMany(Below),
        YamlMap map => map.Entries.Where(entry => !Open.Contains(entry.Key.Text)).SelectMany(entry => Below(entry.Value)),
        _ => [],
    };
}
