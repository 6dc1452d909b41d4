using System.Globalization;
using System.Net;
using Meduza.Doubles.Yaml;
using YamlDotNet.RepresentationModel;

namespace Meduza.Doubles.Mihomo;

/// <summary>A proxy of the configuration, or one that there always is.</summary>
/// <param name="Type">As the API calls it: <c>Shadowsocks</c>, <c>Reject</c>.</param>
internal sealed record Proxy(string Name, string Type);

/// <summary>A group of proxies and groups.</summary>
/// <param name="Type">As the API calls it: <c>URLTest</c>, <c>Selector</c>.</param>
internal sealed record Group(string Name, string Type, IReadOnlyList<string> Members, string TestUrl);

/// <summary>
/// mihomo's configuration, as far as it says something that this double does. Read as <c>config/config.go</c> reads it: a key of
/// the document that it does not know is passed over, one of another type is refused; so are proxies of unknown types, names
/// that are there twice, and groups and rules that name what is not there.
/// </summary>
internal sealed partial class MihomoConfig
{
    public int SocksPort { get; private init; }
    public int MixedPort { get; private init; }
    public int TproxyPort { get; private init; }
    public bool AllowLan { get; private init; }
    public string Controller { get; private init; } = "";
    public string Secret { get; private init; } = "";
    public IPEndPoint? Dns { get; private init; }
    public string Mode { get; private init; } = "rule";
    public IReadOnlyList<Proxy> Proxies { get; private init; } = [];
    public IReadOnlyList<Group> Groups { get; private init; } = [];
    public IReadOnlyList<string> Providers { get; private init; } = [];
    public IReadOnlyList<string> Rules { get; private init; } = [];

    /// <exception cref="ConfigException">mihomo would not take it.</exception>
    public static MihomoConfig Parse(string text)
    {
        var map = Typed.Map(YamlFile.Read(text), "config.RawConfig");
        CheckFields(map);
        var (proxies, groups) = Outbounds(map);
        var providers = Typed.Map(map.GetValueOrDefault("proxy-providers"), "map[string]map[string]interface {}");
        var rules = Typed.Texts(map.GetValueOrDefault("rules")).ToList();
        CheckRules(rules, map, [.. proxies.Select(proxy => proxy.Name), .. groups.Select(group => group.Name), "GLOBAL"]);
        return new()
        {
            SocksPort = Number("socks-port"),
            MixedPort = Number("mixed-port"),
            TproxyPort = Number("tproxy-port"),
            AllowLan = map.TryGetValue("allow-lan", out var allow) && Typed.Flag(allow),
            Controller = Word("external-controller"),
            Secret = Word("secret"),
            Mode = map.TryGetValue("mode", out var mode) ? Typed.Text(mode) : "rule",
            Dns = Resolver(map.GetValueOrDefault("dns")),
            Proxies = proxies,
            Groups = groups,
            Providers = [.. providers.Keys],
            Rules = rules,
        };

        int Number(string key) => map.TryGetValue(key, out var node) && !Typed.IsNull(node) ? Typed.Number(node) : 0;
        string Word(string key) => map.TryGetValue(key, out var node) && !Typed.IsNull(node) ? Typed.Text(node) : "";
    }

    private static IPEndPoint? Resolver(YamlNode? node)
    {
        var dns = Typed.Map(node, "config.RawDNS");
        if (!dns.TryGetValue("enable", out var enable) || !Typed.Flag(enable) || !dns.TryGetValue("listen", out var listen))
            return null;
        if (dns.TryGetValue("default-nameserver", out var servers)
            && Typed.Texts(servers).FirstOrDefault(server => !IPAddress.TryParse(server, out _) && !server.Contains("://", StringComparison.Ordinal)) is not null)
        {
            throw new ConfigException("default nameserver should be pure IP");
        }
        if (!dns.TryGetValue("nameserver", out var asked) || !Typed.Texts(asked).Any())
            throw new ConfigException("if DNS configuration is turned on, NameServer cannot be empty");
        var text = Typed.Text(listen);
        return IPEndPoint.TryParse(text.StartsWith(':') ? "0.0.0.0" + text : text, out var endpoint) ? endpoint : null;
    }

    private static void CheckRules(List<string> rules, IReadOnlyDictionary<string, YamlNode> map, HashSet<string> targets)
    {
        var sets = Typed.Map(map.GetValueOrDefault("rule-providers"), "map[string]map[string]interface {}");
        for (var i = 0; i < rules.Count; i++)
        {
            var parts = rules[i].Split(',', StringSplitOptions.TrimEntries);
            var isMatch = parts[0].Equals("MATCH", StringComparison.OrdinalIgnoreCase);
            // AND, OR and NOT have commas of their own.
            if (rules[i].Contains('(', StringComparison.Ordinal))
                continue;
            if (parts.Length < (isMatch ? 2 : 3))
                throw Wrong("format invalid");
            if (parts[0] == "RULE-SET" && !sets.ContainsKey(parts[1]))
                throw Wrong($"rule set [{parts[1]}] not found");
            var target = parts[isMatch ? 1 : 2];
            if (!targets.Contains(target))
                throw Wrong($"proxy [{target}] not found");

            ConfigException Wrong(string why) => new(string.Create(CultureInfo.InvariantCulture, $"rules[{i}] [{rules[i]}] error: {why}"));
        }
    }
}
