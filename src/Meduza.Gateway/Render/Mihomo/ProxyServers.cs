using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Render.Mihomo;

/// <summary>
/// Where the proxies are that mihomo sends its traffic to. What a LAN sends there itself is on its way to a proxy already.
/// </summary>
/// <param name="Hosts">Addresses and names, sorted.</param>
/// <param name="ProviderFiles">Files of mihomo's own in which there are more, as it downloads them.</param>
public sealed record ProxyServers(ImmutableArray<string> Hosts, ImmutableArray<string> ProviderFiles)
{
    /// <summary>As many are looked at; a subscription that has more has them for another reason.</summary>
    private const int Most = 4096;

    public static ProxyServers None { get; } = new([], []);

    public bool IsEmpty => Hosts.IsEmpty && ProviderFiles.IsEmpty;

    /// <summary>The servers in what a provider gave; none where it is nothing that can be read.</summary>
    public static ImmutableArray<string> In(ReadOnlyMemory<byte> provided)
    {
        try
        {
            if (YamlReader.Read(provided) is YamlMap { } map)
                return Sorted(Servers(map["proxies"]));
        }
        catch (YamlReadException)
        {
            // Not YAML: a list of links, perhaps.
        }
        return Sorted(ProxyLinks.Servers(Encoding.UTF8.GetString(provided.Span)));
    }

    /// <summary>Reads them of a merged configuration.</summary>
    /// <param name="folder">mihomo's own.</param>
    internal static ProxyServers Of(YamlMap config, string folder)
    {
        var providers = config["proxy-providers"] is YamlMap named ? named.Entries.Select(entry => entry.Value).OfType<YamlMap>().ToList() : [];
        return new(
            Sorted(Servers(config["proxies"]).Concat(providers.SelectMany(provider => LooseKeys.Values(provider, "payload")).SelectMany(Servers))),
            [.. providers.Select(FileOf).OfType<string>().Select(path => Path.Combine(folder, path)).Distinct().Order(StringComparer.Ordinal)]);
    }

    /// <summary>Where mihomo keeps what it downloads for a provider (<c>Resolve</c> and <c>GetPathByHash</c> of its <c>constant/path.go</c>).</summary>
    private static string? FileOf(YamlMap provider)
    {
        if (Text(provider, "path") is { } path)
            return path;
        if (Text(provider, "url") is not { } url)
            return null;
#pragma warning disable CA5351 // The name of a file, which mihomo makes so.
        return $"proxies/{Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(url)))}";
#pragma warning restore CA5351
    }

    private static IEnumerable<string> Servers(YamlNode? proxies)
    {
        foreach (var proxy in (proxies as YamlSequence)?.Items.OfType<YamlMap>() ?? [])
        {
            if (Text(proxy, "server") is { } server)
                yield return server;
            // WireGuard has one for each peer.
            foreach (var peer in LooseKeys.Values(proxy, "peers").OfType<YamlSequence>().SelectMany(peers => peers.Items).OfType<YamlMap>())
            {
                if (Text(peer, "server") is { } other)
                    yield return other;
            }
        }
    }

    private static string? Text(YamlMap map, string key) =>
        LooseKeys.Values(map, key).OfType<YamlScalar>().FirstOrDefault() is { Type: not YamlType.Null, Text: { Length: > 0 } text } ? text : null;

    private static ImmutableArray<string> Sorted(IEnumerable<string> servers) =>
        [.. servers.Take(Most).Select(server => server.Trim('[', ']')).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];
}
