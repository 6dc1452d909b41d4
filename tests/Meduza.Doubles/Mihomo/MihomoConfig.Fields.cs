using Meduza.Doubles.Yaml;
using YamlDotNet.RepresentationModel;

namespace Meduza.Doubles.Mihomo;

/// <summary>The types of the document's own fields (<c>RawConfig</c> of <c>config/config.go</c>).</summary>
internal sealed partial class MihomoConfig
{
    private static readonly string[] Ports = ["port", "socks-port", "redir-port", "tproxy-port", "mixed-port"];

    private static readonly string[] Flags =
    [
        "allow-lan", "ipv6", "unified-delay", "tcp-concurrent", "geodata-mode", "geo-auto-update", "inbound-tfo", "inbound-mptcp",
        "disable-keep-alive", "etag-support",
    ];

    private static readonly string[] Words =
    [
        "bind-address", "external-controller", "secret", "interface-name", "geodata-loader", "geosite-matcher", "global-client-fingerprint",
        "global-ua", "external-ui", "external-ui-url", "external-ui-name", "external-controller-unix", "external-controller-tls",
    ];

    private static readonly string[] Numbers = ["routing-mark", "geo-update-interval", "keep-alive-interval", "keep-alive-idle"];

    private static readonly string[] Lists = ["authentication", "skip-auth-prefixes", "lan-allowed-ips", "lan-disallowed-ips", "rules"];

    private static readonly (string Key, string Message, string[] Values)[] Choices =
    [
        ("mode", "invalid mode", ["rule", "global", "direct"]),
        ("log-level", "invalid log-level", ["silent", "error", "warning", "info", "debug"]),
        ("find-process-mode", "invalid find process mode", ["always", "strict", "off"]),
    ];

    private static void CheckFields(IReadOnlyDictionary<string, YamlNode> map)
    {
        Each(Ports, node => Typed.Number(node));
        Each(Numbers, node => Typed.Number(node));
        Each(Flags, node => Typed.Flag(node));
        Each(Words, node => Typed.Text(node));
        Each(Lists, node => Typed.Texts(node));
        foreach (var (key, message, values) in Choices)
        {
            if (map.TryGetValue(key, out var node) && !values.Contains(Typed.Text(node).ToLowerInvariant()))
                throw new ConfigException(message);
        }
        Section("dns", "config.RawDNS", ["enable", "ipv6", "prefer-h3", "use-hosts", "use-system-hosts", "respect-rules"], ["listen"], ["nameserver", "fallback", "default-nameserver", "proxy-server-nameserver", "fake-ip-filter"]);
        Section("profile", "config.RawProfile", ["store-selected", "store-fake-ip"], [], []);
        Section("tun", "config.RawTun", ["enable", "auto-route", "auto-detect-interface"], ["device"], ["dns-hijack"]);
        Section("sniffer", "config.RawSniffer", ["enable", "override-destination", "parse-pure-ip"], [], ["force-domain", "skip-domain"]);
        if (map.TryGetValue("dns", out var dns) && Typed.Map(dns, "config.RawDNS").TryGetValue("enhanced-mode", out var enhanced)
            && Typed.Text(enhanced) is not ("fake-ip" or "redir-host" or "normal" or "hosts"))
        {
            throw new ConfigException("invalid mode");
        }

        void Each(string[] keys, Action<YamlNode> check)
        {
            foreach (var key in keys)
            {
                if (map.TryGetValue(key, out var node) && !Typed.IsNull(node))
                    check(node);
            }
        }

        void Section(string name, string type, string[] flags, string[] words, string[] lists)
        {
            foreach (var (key, node) in Typed.Map(map.GetValueOrDefault(name), type).Where(entry => !Typed.IsNull(entry.Value)))
            {
                if (flags.Contains(key))
                    Typed.Flag(node);
                else if (words.Contains(key))
                    Typed.Text(node);
                else if (lists.Contains(key))
                    Typed.Texts(node);
            }
        }
    }
}
