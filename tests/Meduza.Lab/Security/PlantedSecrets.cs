using System.Security.Cryptography;
using System.Text;
using Meduza.Lab.Demo;
using Meduza.Lab.Harness;

namespace Meduza.Lab.Security;

/// <summary>A secret in every key that holds one, each known by words that stand nowhere else.</summary>
internal sealed class PlantedSecrets
{
    private const string Node = "/nodes/gw/";

    /// <summary>Of a PEM or a static key, lines shorter than this could stand anywhere.</summary>
    private const int ShortestLine = 16;

    private readonly Dictionary<string, string[]> _words = [];

    /// <param name="mark">Is in each of them that may say what it likes.</param>
    /// <param name="folder">For files of certificates.</param>
    public PlantedSecrets(string mark, string folder)
    {
        Mark = mark;
        Subscription = $$"""
            secret: {{Word("mihomo's API")}}
            authentication: ["user:{{Word("a user of mihomo")}}"]
            proxies:
              - {name: a, type: ss, server: 203.0.113.9, port: 8388, cipher: aes-128-gcm, password: {{Word("a proxy")}}}
              - {name: b, type: trojan, server: 203.0.113.9, port: 443, password: {{Word("another proxy")}}, ws-opts: {headers: {Token: {{Word("a proxy's header")}} } } }
            proxy-providers:
              more: {type: http, url: "https://203.0.113.9/{{Word("a provider's URL")}}", path: ./more.yaml, interval: 3600}
            """;
        var certificates = LabCertificates.Create($"{folder}/{mark}", "192.0.2.1");
        var (wireGuard, _) = WireGuardKeys.New();
        using var rsa = RSA.Create(2048);
        Keys =
        [
            ("/global/easytier/network_secret", Word("EasyTier")),
            ("/global/clash/subscriptions/other/url", $"https://user:{Word("a subscription's password")}@203.0.113.9/{Word("a subscription's token")}"),
            ("/global/mosdns/plugins", $$"""
                - tag: main
                  type: forward
                  args: {upstreams: [{addr: "https://203.0.113.9/{{Word("a resolver's URL")}}"}]}
                - {tag: udp, type: udp_server, args: {entry: main, listen: "127.0.0.1:1153"} }
                """),
            (Node + "tinc/private_key", Text("tinc", rsa.ExportRSAPrivateKeyPem())),
            (Node + "tinc/ed25519_private_key", Text("tinc 1.1", $"-----BEGIN ED25519 PRIVATE KEY-----\n{Convert.ToBase64String(RandomNumberGenerator.GetBytes(48))}\n{Convert.ToBase64String(RandomNumberGenerator.GetBytes(48))}\n-----END ED25519 PRIVATE KEY-----\n")),
            (Node + "openvpn/static/secret", Text("OpenVPN's static key", DemoKeys.OpenVpnStaticKey())),
            (Node + "openvpn/tls/ca", File.ReadAllText(certificates.Authority)),
            (Node + "openvpn/tls/cert", File.ReadAllText(certificates.ClientCertificate)),
            (Node + "openvpn/tls/key", Text("OpenVPN's private key", File.ReadAllText(certificates.ClientKey))),
            (Node + "openvpn/tls/tls_crypt", Text("OpenVPN's control channel", DemoKeys.OpenVpnStaticKey())),
            (Node + "openvpn/auth/ca", File.ReadAllText(certificates.Authority)),
            (Node + "openvpn/auth/cert", File.ReadAllText(certificates.ServerCertificate)),
            (Node + "openvpn/auth/key", Text("another OpenVPN's private key", File.ReadAllText(certificates.ServerKey))),
            (Node + "openvpn/auth/tls_auth", Text("OpenVPN's authentication of packets", DemoKeys.OpenVpnStaticKey())),
            (Node + "wireguard/wg/private_key", Line("WireGuard's private key", wireGuard)),
            (Node + "wireguard/wg/peer/p/preshared_key", Line("WireGuard's preshared key", Must.Run(["wg", "genpsk"]).Trim())),
        ];
    }

    public string Mark { get; }

    /// <summary>The keys that hold one.</summary>
    public IReadOnlyList<(string Key, string Value)> Keys { get; }

    /// <summary>A subscription with more of them.</summary>
    public string Subscription { get; }

    /// <summary>How many there are.</summary>
    public int Count => _words.Count;

    /// <summary>A word that is one.</summary>
    public string Word(string whose) => Line(whose, $"{Mark}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}");

    /// <summary>Whose secret is in a text; empty where none is.</summary>
    public IEnumerable<string> In(string text) => _words.Where(entry => entry.Value.Any(word => text.Contains(word, StringComparison.Ordinal))).Select(entry => entry.Key);

    private string Line(string whose, string secret)
    {
        _words[$"{whose} ({Mark})"] = [secret, Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)), Uri.EscapeDataString(secret)];
        return secret;
    }

    private string Text(string whose, string secret)
    {
        _words[$"{whose} ({Mark})"] = [.. secret.Split('\n').Where(line => line.Length >= ShortestLine && !line.StartsWith('-'))];
        return secret;
    }
}
