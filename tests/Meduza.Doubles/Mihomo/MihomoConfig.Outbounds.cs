using System.Globalization;
using Meduza.Doubles.Yaml;
using YamlDotNet.RepresentationModel;

namespace Meduza.Doubles.Mihomo;

/// <summary>Proxies and groups (<c>parseProxies</c> of <c>config/config.go</c>, <c>ParseProxyGroup</c> of <c>adapter/outboundgroup</c>).</summary>
internal sealed partial class MihomoConfig
{
    private static readonly Dictionary<string, string> ProxyTypes = new(StringComparer.Ordinal)
    {
        ["ss"] = "Shadowsocks", ["ssr"] = "ShadowsocksR", ["socks5"] = "Socks5", ["http"] = "Http", ["vmess"] = "Vmess", ["vless"] = "Vless",
        ["snell"] = "Snell", ["trojan"] = "Trojan", ["hysteria"] = "Hysteria", ["hysteria2"] = "Hysteria2", ["wireguard"] = "WireGuard",
        ["tuic"] = "Tuic", ["ssh"] = "Ssh", ["mieru"] = "Mieru", ["anytls"] = "AnyTLS", ["direct"] = "Direct", ["dns"] = "Dns", ["reject"] = "Reject",
    };

    private static readonly string[] WithoutServer = ["direct", "dns", "reject"];

    private static readonly Dictionary<string, string> GroupTypes = new(StringComparer.Ordinal)
    {
        ["select"] = "Selector", ["url-test"] = "URLTest", ["fallback"] = "Fallback", ["load-balance"] = "LoadBalance", ["relay"] = "Relay",
    };

    private static readonly Proxy[] BuiltIn =
        [new("DIRECT", "Direct"), new("REJECT", "Reject"), new("REJECT-DROP", "RejectDrop"), new("COMPATIBLE", "Compatible"), new("PASS", "Pass")];

    private static (List<Proxy> Proxies, List<Group> Groups) Outbounds(IReadOnlyDictionary<string, YamlNode> map)
    {
        List<Proxy> proxies = [.. BuiltIn];
        var index = 0;
        foreach (var node in Typed.List(map.GetValueOrDefault("proxies"), "[]map[string]interface {}"))
        {
            var proxy = Proxy(Typed.Map(node, "map[string]interface {}"), index++);
            if (proxies.Any(there => there.Name == proxy.Name))
                throw new ConfigException($"proxy {proxy.Name} is the duplicate name");
            proxies.Add(proxy);
        }
        var wanted = Typed.List(map.GetValueOrDefault("proxy-groups"), "[]map[string]interface {}").Select(node => Typed.Map(node, "map[string]interface {}")).ToList();
        for (var i = 0; i < wanted.Count; i++)
        {
            if (!wanted[i].ContainsKey("name"))
                throw new ConfigException(string.Create(CultureInfo.InvariantCulture, $"proxy group {i}: missing name"));
        }
        HashSet<string> names = [.. proxies.Select(proxy => proxy.Name), .. wanted.Select(group => Typed.Text(group["name"]))];
        var providers = Typed.Map(map.GetValueOrDefault("proxy-providers"), "map[string]map[string]interface {}");
        List<Group> groups = [];
        for (var i = 0; i < wanted.Count; i++)
        {
            var group = Group(wanted[i], i, names, providers.Keys);
            if (proxies.Any(there => there.Name == group.Name) || groups.Any(there => there.Name == group.Name))
                throw new ConfigException($"proxy group {group.Name}: the duplicate name");
            groups.Add(group);
        }
        CheckCircles(groups);
        return (proxies, groups);
    }

    private static Proxy Proxy(IReadOnlyDictionary<string, YamlNode> proxy, int index)
    {
        ConfigException Wrong(string why) => new(string.Create(CultureInfo.InvariantCulture, $"proxy {index}: {why}"));
        if (!proxy.TryGetValue("type", out var type))
            throw Wrong("missing type");
        if (!ProxyTypes.TryGetValue(Typed.Text(type), out var name))
            throw Wrong($"unsupport proxy type: {Typed.Text(type)}");
        foreach (var key in (string[])["name", "server", "port"])
        {
            if (!proxy.ContainsKey(key) && (key == "name" || !WithoutServer.Contains(Typed.Text(type)) && name is not ("Mieru" or "Hysteria" or "Hysteria2" or "WireGuard")))
                throw Wrong($"key '{key}' missing");
        }
        // Weakly typed: a number may be quoted.
        if (proxy.TryGetValue("port", out var port) && !ushort.TryParse(Typed.Text(port), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            throw Wrong($"'port' expected type 'int', got unconvertible type 'string'");
        return new(Typed.Text(proxy["name"]), name);
    }

    private static Group Group(IReadOnlyDictionary<string, YamlNode> group, int index, HashSet<string> names, IEnumerable<string> providers)
    {
        ConfigException Wrong(string why) => new(string.Create(CultureInfo.InvariantCulture, $"proxy group[{index}]: {why}"));
        var name = Typed.Text(group["name"]);
        if (!group.TryGetValue("type", out var type))
            throw Wrong("format error");
        if (!GroupTypes.TryGetValue(Typed.Text(type), out var kind))
            throw Wrong($"unsupport type: {Typed.Text(type)}");
        var (members, uses) = (Typed.Texts(group.GetValueOrDefault("proxies")).ToList(), Typed.Texts(group.GetValueOrDefault("use")).ToList());
        if (members.Count == 0 && uses.Count == 0 && !group.Keys.Any(key => key.StartsWith("include-all", StringComparison.Ordinal)))
            throw Wrong($"{name}: `use` or `proxies` missing");
        foreach (var missing in members.Where(member => !names.Contains(member)).Concat(uses.Where(use => !providers.Contains(use))))
            throw Wrong($"{name}: '{missing}' not found");
        return new(name, kind, members, group.TryGetValue("url", out var url) ? Typed.Text(url) : "");
    }

    private static void CheckCircles(List<Group> groups)
    {
        var left = groups.ToList();
        while (left.RemoveAll(group => !group.Members.Any(member => left.Any(other => other.Name == member))) > 0)
        {
        }
        if (left.Count > 0)
            throw new ConfigException($"loop is detected in ProxyGroup, please check following ProxyGroups: [{string.Join(' ', left.Select(group => group.Name))}]");
    }
}
