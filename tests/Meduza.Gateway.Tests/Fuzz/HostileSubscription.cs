using System.Text;

namespace Meduza.Gateway.Tests.Fuzz;

/// <summary>A subscription as a provider serves it, with a few of its lines, values and keys made hostile.</summary>
internal static class HostileSubscription
{
    private const string Good = """
        mixed-port: 7890
        allow-lan: false
        mode: rule
        base: &base {udp: true, skip-cert-verify: false}
        proxies:
          - {<<: *base, name: "🇭🇰 ss", type: ss, server: ss.example, port: 443, cipher: aes-128-gcm, password: "123"}
          - {name: vm, type: vmess, server: vm.example, port: 443, uuid: 5d1b8f0e-0000-4000-8000-000000000000, alterId: 0, cipher: auto, tls: true, network: ws, ws-opts: {path: /ray, headers: {Host: cdn.example}}}
          - {name: tr, type: trojan, server: tr.example, port: 443, password: "on", sni: tr.example}
        proxy-groups:
          - {name: pick, type: select, proxies: [auto, "🇭🇰 ss", vm, DIRECT]}
          - {name: auto, type: url-test, proxies: ["🇭🇰 ss", vm, tr], url: "https://www.gstatic.com/generate_204", interval: 300}
        proxy-providers:
          more: {type: http, url: "https://example.org/more", path: ./more.yaml, interval: 3600, health-check: {enable: true, url: "https://www.gstatic.com/generate_204", interval: 600}}
        rule-providers:
          direct: {type: http, behavior: domain, url: "https://example.org/direct", path: ./direct.yaml, interval: 86400}
        rules: ["RULE-SET,direct,DIRECT", "DOMAIN-SUFFIX,example.org,pick", "MATCH,auto"]
        dns: {enable: true, listen: 0.0.0.0:53, enhanced-mode: fake-ip, nameserver: [223.5.5.5]}
        profile: {store-selected: true}

        """;

    /// <summary>What would reach beyond mihomo.</summary>
    private static readonly string[] Lines =
    [
        "tun: {enable: true, auto-route: true}", "iptables: {enable: true}", "external-controller: 0.0.0.0:9090", "external-controller: 127.0.0.1:9999", "external-controller-unix: /run/x.sock",
        "external-ui: /etc", "external-ui-url: https://evil.example/x.zip", "secret: hunter2", "secret: ''", "interface-name: eth0", "routing-mark: 1", "listeners: [{name: x, type: socks, port: 1}]",
        "bind-address: 192.0.2.1", "tproxy-port: 1", "socks-port: 0", "script: {code: x}", "ntp: {enable: true}", "tls: {certificate: /etc/passwd}", "\"tun\": {enable: true}", "!!str tun: {enable: true}",
        "'external-controller': \"[::]:9090\"", "find-process-mode: always", "geodata-loader: memconservative", "redir-port: 7892", "port: 1", "dns: ~", "rules: ~", "proxies: ~",
        "proxy-providers: {x: {type: file, path: /etc/passwd}}", "rule-providers: {x: {type: http, path: ../../etc/cron.d/x, url: x}}", "? tun\n: {enable: true}", "sniffer: {enable: true}",
        "key: \"a\\nb: c\"", "key: |\n  tun:\n    enable: true", "key: 'yes'", "key: [0x1F, 1e3, 0777, ~, 2020-01-01]", "\"a: b\": \"- c\"", "key: \"\\u2028\\u0085\\x07\"",
    ];

    /// <summary>The same within proxies, groups and providers, where mihomo takes keys in any case and with <c>_</c> for <c>-</c>.</summary>
    private static readonly string[] Entries =
    [
        "routing-mark: 1, ", "Routing_Mark: 1, ", "ROUTING-MARK: 1, ", "\"routing-mar\u212a\": 1, ", "path: /etc/passwd, ", "PATH: /etc/passwd, ", "Path: ../../x, ", "path: ~, ", "override: {Routing-Mark: 1}, ",
        "Override: {routing_mark: 1}, ", "type: file, ", "Type: file, ", "interface-name: eth0, ", "key: \"a: b\\nc\", ", "<<: *base, ",
    ];

    public static byte[] Make(Random random)
    {
        var text = new StringBuilder(Good);
        for (var n = random.Next(3); n > 0; n--)
        {
            if (random.Next(2) == 0)
                text.Append(Lines[random.Next(Lines.Length)]).Append('\n');
            else if (random.Next(3) > 0)
                InsertAfterBrace(text, Entries[random.Next(Entries.Length)], random);
            else
                text.Insert(random.Next(text.Length + 1), Encoding.UTF8.GetString(Fragments.Any(random)));
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void InsertAfterBrace(StringBuilder text, string entry, Random random)
    {
        var whole = text.ToString();
        var braces = Enumerable.Range(0, whole.Length).Where(at => whole[at] == '{').ToList();
        text.Insert(braces[random.Next(braces.Count)] + 1, entry);
    }
}
