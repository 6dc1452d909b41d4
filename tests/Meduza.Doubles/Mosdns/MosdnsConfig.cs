using System.Globalization;
using System.Net;
using Meduza.Doubles.Yaml;
using YamlDotNet.RepresentationModel;

namespace Meduza.Doubles.Mosdns;

/// <summary>
/// MosDNS's configuration (<c>coremain/config.go</c>, the <c>Args</c> of its plugins). Decoded with <c>ErrorUnused</c>: a key that it
/// does not know is refused, wherever it stands. A plugin may name those before it and no others, and reads its files at once.
/// </summary>
internal static class MosdnsConfig
{
    private static readonly string[] Document = ["log", "include", "plugins", "api"];
    private static readonly string[] Log = ["level", "file", "production"];
    private static readonly string[] Plugin = ["tag", "type", "args"];
    private static readonly string[] Rule = ["matches", "exec"];

    private static readonly string[] Upstream =
    [
        "tag", "addr", "dial_addr", "idle_timeout", "insecure_skip_verify", "enable_pipeline", "enable_http3", "bootstrap", "bootstrap_version",
        "socks5", "so_mark", "bind_to_device",
    ];

    /// <summary>The arguments that a plugin takes, by its type; null where they are not looked at.</summary>
    private static readonly Dictionary<string, string[]?> Arguments = new(StringComparer.Ordinal)
    {
        ["udp_server"] = ["entry", "listen"],
        ["tcp_server"] = ["entry", "listen", "cert", "key", "idle_timeout"],
        ["http_server"] = ["entries", "src_ip_header", "listen", "cert", "key", "idle_timeout"],
        ["quic_server"] = ["entry", "listen", "cert", "key", "idle_timeout"],
        ["forward"] = ["upstreams", "concurrent", "socks5", "so_mark", "bind_to_device", "bootstrap", "bootstrap_version"],
        ["cache"] = ["size", "lazy_cache_ttl", "dump_file", "dump_interval"],
        ["fallback"] = ["primary", "secondary", "threshold", "always_standby"],
        ["domain_set"] = ["exps", "sets", "files"],
        ["ip_set"] = ["ips", "sets", "files"],
        ["hosts"] = ["entries", "files"],
        ["redirect"] = ["rules", "files"],
        ["reverse_lookup"] = ["size", "handle_ptr", "ttl"],
        ["rate_limiter"] = ["qps", "burst", "mask4", "mask6"],
        ["sequence"] = null, ["black_hole"] = null, ["reject"] = null, ["ttl"] = null, ["ecs_handler"] = null, ["prefer_ipv4"] = null,
        ["prefer_ipv6"] = null, ["query_summary"] = null, ["metrics_collector"] = null, ["arbitrary"] = null, ["debug_print"] = null, ["sleep"] = null,
    };

    /// <summary>Reads a file.</summary>
    /// <returns>The servers in it.</returns>
    /// <exception cref="ConfigException">MosDNS would not start with it.</exception>
    public static List<(string Tag, bool IsUdp, IPEndPoint Listen)> Servers(string file)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"fail to load config, failed to read config: {e.Message}");
        }
        var document = Strict(YamlFile.Read(text), Document, "");
        Strict(document.GetValueOrDefault("log"), Log, "log");
        List<(string, bool, IPEndPoint)> servers = [];
        HashSet<string> tags = [];
        var index = 0;
        foreach (var node in Typed.List(document.GetValueOrDefault("plugins"), "[]PluginConfig"))
        {
            var plugin = Strict(node, Plugin, string.Create(CultureInfo.InvariantCulture, $"plugins[{index}]"));
            var tag = plugin.TryGetValue("tag", out var named) ? Typed.Text(named) : string.Create(CultureInfo.InvariantCulture, $"anonymous_{index}");
            var type = plugin.TryGetValue("type", out var kind) ? Typed.Text(kind) : "";
            ConfigException Wrong(string why) => new($"mosdns exited, failed to init plugin #{index} {tag}, {why}");
            if (!Arguments.TryGetValue(type, out var known))
                throw Wrong($"plugin type {type} not defined");
            if (tags.Contains(tag))
                throw Wrong($"duplicated plugin tag {tag}");
            var args = plugin.GetValueOrDefault("args");
            if (type == "sequence")
                CheckSequence(args, tags, Wrong);
            else if (known is not null)
                CheckArguments(Strict(args, known, "args"), type, tags, Wrong);
            if (type is "udp_server" or "tcp_server")
                servers.Add((tag, type == "udp_server", Listen(Strict(args, known!, "args"), Wrong)));
            tags.Add(tag);
            index++;
        }
        return servers;
    }

    private static void CheckArguments(IReadOnlyDictionary<string, YamlNode> args, string type, HashSet<string> tags, Func<string, ConfigException> wrong)
    {
        foreach (var key in (string[])["entry", "primary", "secondary"])
        {
            if (args.TryGetValue(key, out var reference) && !tags.Contains(Typed.Text(reference)))
                throw wrong($"can not find executable {Typed.Text(reference)}");
        }
        foreach (var set in Typed.Texts(args.GetValueOrDefault("sets")).Where(set => !tags.Contains(set)))
            throw wrong($"provider {set} is not found");
        foreach (var path in Typed.Texts(args.GetValueOrDefault("files")))
            CheckList(path, type, wrong);
        foreach (var key in (string[])["size", "concurrent", "threshold", "idle_timeout", "lazy_cache_ttl", "dump_interval"])
        {
            if (args.TryGetValue(key, out var number))
                Typed.Number(number);
        }
        if (type != "forward")
            return;
        var upstreams = Typed.List(args.GetValueOrDefault("upstreams"), "[]UpstreamConfig").ToList();
        if (upstreams.Count == 0)
            throw wrong("no upstream is configured");
        if (upstreams.Any(upstream => !Strict(upstream, Upstream, "upstreams").ContainsKey("addr")))
            throw wrong("missing addr");
    }

    private static void CheckSequence(YamlNode? args, HashSet<string> tags, Func<string, ConfigException> wrong)
    {
        foreach (var node in Typed.List(args, "[]RuleArgs"))
        {
            var rule = Strict(node, Rule, "args");
            var matches = rule.GetValueOrDefault("matches") is YamlScalarNode one ? [Typed.Text(one)] : Typed.Texts(rule.GetValueOrDefault("matches"));
            string[] words = [.. matches.Append(rule.TryGetValue("exec", out var exec) ? Typed.Text(exec) : "").SelectMany(text => text.Split(' '))];
            foreach (var match in matches)
            {
                var type = match.TrimStart('!').Split(' ')[0] switch { "qname" or "cname" => "domain_set", "client_ip" or "resp_ip" or "ptr_ip" => "ip_set", _ => "" };
                foreach (var path in match.Split(' ').Where(word => word.StartsWith('&')))
                    CheckList(path[1..], type, wrong);
            }
            foreach (var reference in words.Where(word => word.StartsWith('$') && !tags.Contains(word[1..])))
                throw wrong($"can not find plugin {reference[1..]}");
        }
    }

    private static void CheckList(string path, string type, Func<string, ConfigException> wrong)
    {
        if (!File.Exists(path))
            throw wrong($"failed to load file {path}, open {path}: no such file or directory");
        if (MosdnsList.Problem(path, type) is { } problem)
            throw wrong($"failed to load file #0 {path}, {problem}");
    }

    private static IPEndPoint Listen(IReadOnlyDictionary<string, YamlNode> args, Func<string, ConfigException> wrong)
    {
        if (!args.ContainsKey("entry"))
            throw wrong("failed to init dns handler, can not find executable ");
        var text = args.TryGetValue("listen", out var listen) ? Typed.Text(listen) : "127.0.0.1:53";
        return IPEndPoint.TryParse(text.StartsWith(':') ? "0.0.0.0" + text : text, out var endpoint) ? endpoint : throw wrong($"listen {text}: no such address");
    }

    private static IReadOnlyDictionary<string, YamlNode> Strict(YamlNode? node, string[] known, string where)
    {
        if (!Typed.IsNull(node) && node is not YamlMappingNode)
            throw new ConfigException($"fail to load config, failed to unmarshal config: '{where}' expected a map");
        var map = Typed.Map(node, "map");
        return map.Keys.Where(key => !known.Contains(key.ToLowerInvariant())).Order(StringComparer.Ordinal).ToList() is [_, ..] unknown
            ? throw new ConfigException($"fail to load config, failed to unmarshal config: 1 error(s) decoding:\n\n* '{where}' has invalid keys: {string.Join(", ", unknown)}")
            : map;
    }
}
