using System.Text;

namespace Meduza.Gateway.Tests.Fuzz;

/// <summary>Pieces of the syntaxes that values end up in, each of which would mean something if a renderer let it stand as it is.</summary>
internal static class Fragments
{
    /// <summary>Of one target each.</summary>
    private static readonly string[] Structure =
    [
        // FRR
        "\nexit\nrouter bgp 1", "exit", " exit-address-family", "!", "| include x", "permit any", "permit 0.0.0.0/0", "\nno router bgp", "\nconfigure terminal", "route-map X permit 10",
        // OpenVPN
        "\nup /bin/sh", "\" up /bin/sh", "\" \"", "\"\"", "' '", "script-security 2", "<ca>", "</ca>", "[inline]", "--up", "#", ";", "\\", "\\\"", "\\ ", "setenv x y",
        // tinc
        "\nConnectTo = x", " = x", "=", "-----BEGIN RSA PUBLIC KEY-----", "-----END RSA PUBLIC KEY-----", "#5", "\nStrictSubnets = no",
        // dnsmasq, and hosts files
        "\nserver=1.2.3.4", "/example/1.2.3.4", "#5353", "\nconf-file=/etc/passwd", "\n127.0.0.1\tlocalhost", "\t", " evil", "%eth0",
        // TOML
        "\"\"\"", "'''", "\"]", "]]", "\n[flags]", "\nno_tun = true", "\\u0000", "\"\nx = 1 #", "[[peer]]",
        // YAML
        ": ", "\n- x", "- ", "&a ", "*a", "!!python/object ", "{{SOCKS_PORT}}", "---\n", "...\n", "<<: ", "? ", "~", "yes", "0x1F", "1e3", "0777", "2020-01-01", "%TAG ! x", "@", "`", "{", "}", "[", ", ", "|\n  x",
        // WireGuard
        "\nPostUp = reboot", "\n[Peer]", ", 0.0.0.0/0", "\nTable = auto",
        // Shells and paths
        "$(reboot)", "`reboot`", "${IFS}", ";reboot", "|reboot", "&&", "%n%s", "*", "..", "../../etc/passwd", "/etc/passwd", "a/../b", ".", "/", "//",
    ];

    /// <summary>Values of another kind, or at the edge of their own.</summary>
    private static readonly string[] Edges =
    [
        "", " ", "\t", "\n", "\r\n", "true", "false", "0", "1", "-1", "+1", "00", "0x10", "1e9", "65535", "65536", "4294967295", "4294967296", "٣", "1.5",
        "0.0.0.0", "255.255.255.255", "255.255.255.0", "10.0.0.1", "10.0.0.1/24", "10.0.0.0/8", "0.0.0.0/0", "10.0.0.0/33", "010.0.0.1", "10.1", "127.0.0.1",
        "::", "::1", "fd00::1", "fd00::/64", "::ffff:10.0.0.1", "::ffff:10.0.0.0/104", "::10.0.0.1", "fe80::1%eth0", "[fd00::1]", "[fd00::1]:80", "2001:db8::1/128",
        "10.0.0.1 10.0.0.2", "20-10", "1-65535", "in:tcp:80", "80:10.0.0.5:80", "80:[fd00::5]:80", "host", "host.example.net", "xn--bcher-kva.example", "_srv._tcp.example", "HOST.EXAMPLE", "a-", "-a",
        "lo", "all", "default", "tun", "tun0", "abcdefghijklmno", "abcdefghijklmnop", "tcp://0.0.0.0:11010", "udp:11010", "http://a.example/x?y=1&z=2", "https://u:p@a.example/", "file:///data/clash/x",
        "permit 10.0.0.0/8 ge 9 le 8", "deny 10.0.0.0/8 le 32", "00:11:22:33:44:55", "AES-256-GCM:CHACHA20-POLY1305", "日本", "🇭🇰", "\u202e", "é",
    ];

    private static readonly byte[][] Bytes =
    [
        [0], [0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0x1b, 0x5b, 0x33, 0x31, 0x6d], [0x7f], [0xc2, 0x85], [0xe2, 0x80, 0xa8], [0xef, 0xbb, 0xbf], [0x0b], [0x0c], [0x0d],
    ];

    public static byte[] Any(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return random.Next(20) switch
        {
            < 10 => Encoding.UTF8.GetBytes(Structure[random.Next(Structure.Length)]),
            < 17 => Encoding.UTF8.GetBytes(Edges[random.Next(Edges.Length)]),
            17 => Bytes[random.Next(Bytes.Length)],
            18 => Repeated(random),
            _ => Noise(random),
        };
    }

    /// <summary>A piece again and again, up to 64 KiB.</summary>
    private static byte[] Repeated(Random random)
    {
        var piece = Encoding.UTF8.GetBytes(random.Next(2) == 0 ? "a" : Structure[random.Next(Structure.Length)]);
        var bytes = new byte[random.Next(3) switch { 0 => 16, 1 => 300, _ => 65_536 }];
        for (var at = 0; at < bytes.Length; at++)
            bytes[at] = piece[at % piece.Length];
        return bytes;
    }

    private static byte[] Noise(Random random)
    {
        var bytes = new byte[random.Next(24)];
        for (var at = 0; at < bytes.Length; at++)
            bytes[at] = (byte)random.Next(' ', 0x7f);
        return bytes;
    }
}
