using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;
using Meduza.Gateway.Yaml;

namespace Meduza.Gateway.Render.Mihomo;

/// <summary>A file of geographical data that a configuration of mihomo names.</summary>
/// <param name="Name">Of the file, in mihomo's folder.</param>
/// <param name="Url">From where it is downloaded.</param>
public sealed record GeodataFile(string Name, string Url)
{
    /// <summary>Of all that there can be.</summary>
    public static IEnumerable<string> Names => Geodata.Names;
}

/// <summary>
/// Which geographical data a configuration of mihomo needs, and what is left of it without them. mihomo itself downloads what
/// is missing while it starts, for minutes, and ends where it cannot: here it never comes to that.
/// </summary>
internal static class Geodata
{
    private const string Release = "https://github.com/MetaCubeX/meta-rules-dat/releases/download/latest/";
    private const string SitePrefix = "geosite:";

    /// <summary>The key of its URL in <c>geox-url</c>, its name in mihomo's folder (constant/path.go), its name at the source, and the rules that need it.</summary>
    private static readonly Kind[] Kinds =
    [
        new("mmdb", "geoip.metadb", "geoip.metadb", ["GEOIP", "SRC-GEOIP"]),
        new("geoip", "GeoIP.dat", "geoip.dat", ["GEOIP", "SRC-GEOIP"]),
        new("geosite", "GeoSite.dat", "geosite.dat", ["GEOSITE"]),
        new("asn", "ASN.mmdb", "GeoLite2-ASN.mmdb", ["IP-ASN", "SRC-IP-ASN"]),
    ];

    public static IEnumerable<string> Names => Kinds.Select(kind => kind.Name);

    private sealed record Kind(string UrlKey, string Name, string SourceName, string[] Rules);

    /// <summary>What it needs, in a fixed order.</summary>
    public static ImmutableArray<GeodataFile> NeededBy(YamlMap config) =>
        [.. Kinds.Where(kind => Needs(config, kind)).Select(kind => new GeodataFile(kind.Name, UrlOf(config, kind)))];

    /// <summary>What is left of it without some of them: no rule, and nothing of <c>dns</c> and <c>sniffer</c>, that would need one.</summary>
    /// <param name="missing">Names of files.</param>
    public static YamlMap Without(YamlMap config, IReadOnlyCollection<string> missing)
    {
        foreach (var kind in Kinds.Where(kind => missing.Contains(kind.Name)))
        {
            if (config["rules"] is YamlSequence rules)
                config = config.With("rules", WithoutRules(rules, kind));
            if (config["sub-rules"] is YamlMap sets)
                config = config.With("sub-rules", new YamlMap([.. sets.Entries.Select(set => set with { Value = set.Value is YamlSequence list ? WithoutRules(list, kind) : set.Value })]));
            if (IsOfAddresses(kind) && config["dns"] is YamlMap dns && FilterNeedsAddresses(dns))
                config = config.With("dns", dns.With("fallback-filter", (dns["fallback-filter"] as YamlMap ?? YamlMap.Empty).With("geoip", YamlScalar.False)));
            foreach (var part in (string[])(kind.UrlKey == "geosite" ? ["dns", "sniffer"] : []))
            {
                if (config[part] is { } node)
                    config = config.With(part, WithoutSites(node));
            }
        }
        return config;
    }

    private static bool Needs(YamlMap config, Kind kind)
    {
        if (IsOfAddresses(kind) && kind.UrlKey == "geoip" != IsDatMode(config))
            return false;
        return RulesOf(config).Any(rule => NeededBy(rule, kind))
            || (IsOfAddresses(kind) && config["dns"] is YamlMap dns && FilterNeedsAddresses(dns))
            || (kind.UrlKey == "geosite" && (NamesSites(config["dns"]) || NamesSites(config["sniffer"])));
    }

    private static bool IsOfAddresses(Kind kind) => kind.UrlKey is "mmdb" or "geoip";

    private static bool IsDatMode(YamlMap config) => config["geodata-mode"] is YamlScalar { Type: YamlType.Bool, Text: "true" or "True" or "TRUE" };

    private static string UrlOf(YamlMap config, Kind kind) =>
        config["geox-url"] is YamlMap urls && urls[kind.UrlKey] is YamlScalar { Text: var url } && WebAddress.Is(url) ? url : Release + kind.SourceName;

    private static IEnumerable<YamlNode> RulesOf(YamlMap config)
    {
        var sets = config["sub-rules"] is YamlMap map ? map.Entries.Select(entry => entry.Value) : [];
        return sets.Prepend(config["rules"]).OfType<YamlSequence>().SelectMany(list => list.Items);
    }

    private static YamlSequence WithoutRules(YamlSequence rules, Kind kind) => new([.. rules.Items.Where(rule => !NeededBy(rule, kind))]);

    /// <summary>True for a rule of that type, and for one of logic (<c>AND,((GEOIP,CN),(NETWORK,udp)),DIRECT</c>) that has one in it.</summary>
    private static bool NeededBy(YamlNode rule, Kind kind)
    {
        // A subscription has tens of thousands of rules: nothing is allocated for one.
        var rest = rule is YamlScalar { Text: var text } ? text.AsSpan() : [];
        while (!rest.IsEmpty)
        {
            var comma = rest.IndexOf(',');
            if (comma >= 0 && IsAny(rest[..comma].Trim(), kind.Rules))
            {
                var value = rest[(comma + 1)..];
                var end = value.IndexOf(',');
                // That one is known without data.
                if (!(end < 0 ? value : value[..end]).Trim().Equals("LAN", StringComparison.OrdinalIgnoreCase))
                    return true;
            }
            var bracket = rest.IndexOf('(');
            rest = bracket < 0 ? [] : rest[(bracket + 1)..];
        }
        return false;
    }

    private static bool IsAny(ReadOnlySpan<char> word, string[] names)
    {
        foreach (var name in names)
        {
            if (word.Equals(name, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    // With other resolvers to fall back to, it asks by default where an answer lies (config.go).
    private static bool FilterNeedsAddresses(YamlMap dns) =>
        dns["fallback"] is YamlSequence { Items.IsEmpty: false }
        && (dns["fallback-filter"] as YamlMap)?["geoip"] is not YamlScalar { Type: YamlType.Bool, Text: "false" or "False" or "FALSE" };

    private static bool NamesSites(YamlNode? node) => node switch
    {
        YamlScalar scalar => IsSite(scalar),
        YamlSequence list => list.Items.Any(NamesSites),
        YamlMap map => map.Entries.Any(entry => IsSite(entry.Key) || NamesSites(entry.Value) || (entry.Key.Text == "geosite" && entry.Value is YamlSequence { Items.IsEmpty: false })),
        _ => false,
    };

    private static YamlNode WithoutSites(YamlNode node) => node switch
    {
        YamlSequence list => new YamlSequence([.. list.Items.Where(item => !(item is YamlScalar scalar && IsSite(scalar))).Select(WithoutSites)]),
        YamlMap map => new YamlMap([.. map.Entries
            .Where(entry => !IsSite(entry.Key) && entry.Key.Text != "geosite")
            .Select(entry => entry with { Value = WithoutSites(entry.Value) })]),
        _ => node,
    };

    private static bool IsSite(YamlScalar scalar) => scalar.Text.Contains(SitePrefix, StringComparison.OrdinalIgnoreCase);
}
