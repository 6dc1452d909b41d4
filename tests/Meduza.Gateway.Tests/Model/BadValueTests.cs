using System.Text;
using Meduza.Gateway.Model;

namespace Meduza.Gateway.Tests.Model;

/// <summary>Values that must stop a commit, with a message that names the key; by kind of value.</summary>
public sealed class BadValueTests
{
    private const string Node = "/nodes/gw-b/";
    private const string Office = "/nodes/gw-b/openvpn/office/";

    /// <summary>What no one-line value of any kind may be.</summary>
    private static readonly string[] NeverALine =
    [
        "a\nb", "a\rb", "1\n", "\n2", "a\0b", "a\u0007b", "a\u001b[31m", "a\u0085b", "a\u2028b", "a\u2029b", "a\tb",
        "\"", "'", "\\", "$(reboot)", "`reboot`", "a;b", "a|b", "a&b", "..", "../x", "a/../b", "a b c d e f", "%n", "{}", "\ud83d\ude00",
    ];

    /// <summary>Keys of one-line values, and a few values that are wrong for them in their own way.</summary>
    private static readonly (string Key, string[] Wrong)[] Lines =
    [
        (Node + "tinc/enable", ["maybe", "2", "truefalse", "-1", ""]),
        (Node + "tinc/port", ["0", "65536", "-1", "+1", "01", "1.0", "0x10", "1e3", "٣", "99999999999999999999", "port"]),
        (Node + "bgp/asn", ["0", "4294967295", "4294967296", "-1", "65001.1", "AS65001"]),
        (Office + "bgp/peer_asn", ["0", "4294967295", "1.1"]),
        (Node + "router_id", ["0.0.0.0", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4/32", "fd00::1", "0x1.2.3.4", "1"]),
        (Node + "ospf/router_id", ["0.0.0.0", "a.b.c.d"]),
        (Node + "bgp/router_id", ["0.0.0.0", "::1"]),
        (Node + "ospf/area", ["-1", "4294967296", "0.0.0", "backbone"]),
        (Node + "tinc/ipv4", ["10.0.0.1", "10.0.0.1/33", "10.0.0.1/", "/24", "fd00::1/64", "10.0.0.1/024", "10.0.0.1 /24", "10.0.0/24"]),
        (Office + "bgp/peer_ip", ["fd00::1", "10.0.0.0/24", "peer.example.net"]),
        (Office + "bgp/update_source", ["10.0.0", "fd00::1", "abcdefghijklmnop", "a/b", "lo"]),
        (Office + "bgp/weight", ["-1", "65536"]),
        (Node + "bgp/max_paths", ["0", "65", "all"]),
        (Node + "tinc/dev_name", ["abcdefghijklmnop", "a/b", "a b", ".", "all", "default", "lo", "-x", "tnc:0"]),
        (Office + "dev", ["abcdefghijklmnop", "tun", "tap", "null", "a/b"]),
        (Office + "proto", ["tcp", "udp7", "UDP", "tcp_server"]),
        (Office + "port", ["0", "65536"]),
        (Office + "ifconfig", ["10.0.0.1", "10.0.0.1 10.0.0.1", "10.0.0.1 fd00::1", "10.0.0.1/24 10.0.0.2", "10.0.0.1 10.0.0.2 x"]),
        (Office + "keepalive", ["10", "10 10", "0 60", "60 10", "a b"]),
        (Node + "tinc/name", ["gw-b", "gw.b", "ä"]),
        (Node + "tinc/mode", ["switched", "SWITCH"]),
        (Node + "tinc/address_family", ["ipv5", "4"]),
        (Node + "behavior", ["mobile"]),
        ("/global/mesh_type", ["wireguard"]),
        ("/global/internal_routing_system", ["rip"]),
        ("/global/tinc/netname", [".hidden", "-x"]),
        ("/global/tinc/cipher", ["aes 256"]),
        // Directives, one of each shape.
        (Office + "cipher", ["AES 256", "aes\"up /bin/sh"]),
        (Office + "float", ["x", "true false"]),
        (Office + "verb", ["5", "11", "-1"]),
        (Office + "tun_mtu", ["99", "65536", "1500 x"]),
        (Office + "mssfix", ["1400 nonsense", "1400 mtu x"]),
        (Office + "local", ["-x", "a b"]),
        (Office + "dev_type", ["null", "tuntap"]),
        (Office + "fragment", ["1"]),
        (Office + "topology", ["net31"]),
        (Office + "compat_mode", ["0x10", "2", "2.4", "2.4.", "2.4.0.1", "two.four.nought"]),
    ];

    public static TheoryData<string, string> WrongLines
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (key, wrong) in Lines)
            {
                foreach (var value in NeverALine.Concat(wrong))
                    data.Add(key, value);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(WrongLines))]
    public void Wrong_line_rejects_the_commit_and_names_the_key(string key, string value) => AssertRejected(key, Encoding.UTF8.GetBytes(value));

    public static TheoryData<string, string> WrongLists => new()
    {
        { Node + "lan", "10.0.0.0" },
        { Node + "lan", "10.0.0.0/24\nfd00::/64" },
        { Node + "lan", "10.0.0.0/24,10.0.1.0/24" },
        { Node + "lan", "10.0.0.0/24\0" },
        { Node + "lan", "10.0.0.0/24\v10.0.1.0/24" },
        { Node + "private_lan", "10.0.0.0/33" },
        { Node + "tinc/address", "two words" },
        { Node + "tinc/address", "$(reboot)" },
        { Node + "tinc/address", "host\nhost2\nConnectTo = x" },
        { Node + "tinc/subnet", "10.0.0.0/24#x" },
        { Node + "tinc/subnet", "not a subnet" },
        { Node + "tinc/public_key", "Subnet = 0.0.0.0/0\n" + Material.Of("tinc-b.pub") },
        { Node + "tinc/public_key", Material.Of("tinc-b.pub") + "Address = 192.0.2.66" },
        { Node + "tinc/public_key", Material.Of("tinc-b.pub") + "Port = 1\n" + Material.Of("tinc-a.pub") },
        { Node + "tinc/public_key", Material.Of("tinc-b.pub") + Material.Of("tinc-a.pub") },
        { Node + "ospf/active_ifaces", "eth0\nabcdefghijklmnop" },
        { Node + "ospf/active_ifaces", "eth0\nexit" + "\nrouter bgp 1" },
        { Office + "remote", "host 0" },
        { Office + "remote", "host 1194 udp7" },
        { Office + "remote", "host 1194 tcp-server" },
        { Office + "remote", "host 1194 udp extra" },
        { Office + "remote", "-up /bin/sh" },
        { Office + "remote", "http://host" },
        { Office + "remote", string.Join('.', Enumerable.Repeat(new string('a', 49), 5)) + " 1194 udp6" },
        { Office + "pull_filter", "drop x" },
        { Office + "pull_filter", $"ignore \"{new string('"', 130)}\"" },
        { Office + "push", $"\"{new string('é', 125)}\"" },
        { Office + "push", "\"route 10.0.0.0 255.0.0.0, redirect-gateway\"" },
        { Office + "pull_filter", "ignore \"open" },
        { "/global/bgp/filter/in", "allow 10.0.0.0/8" },
        { "/global/bgp/filter/in", "permit 10.0.0.0/8 le 7" },
        { "/global/bgp/filter/in", "permit 10.0.0.0/8 ge 24 le 16" },
        { "/global/bgp/filter/in", "permit 10.0.0.0/8 ge 33" },
        { "/global/bgp/filter/in", "permit 10.0.0.0/8 ge 9 ge 10" },
        { "/global/bgp/filter/out", "permit fd00::/8 le 64" },
        { "/global/bgp/filter/out", "permit any" },
        { "/global/bgp/transit", "65001\nall" },
        { "/global/bgp/edge_broadcast", "10.0.0.0/8 blackhole" },
    };

    [Theory]
    [MemberData(nameof(WrongLists))]
    public void Wrong_list_rejects_the_commit_and_names_the_key(string key, string value) => AssertRejected(key, Encoding.UTF8.GetBytes(value));

    public static TheoryData<string> SecretKeys => new(
        Node + "tinc/private_key", Node + "tinc/ed25519_private_key", Office + "secret", Office + "ca", Office + "cert", Office + "key",
        Office + "tls_auth", Office + "tls_crypt");

    [Theory]
    [MemberData(nameof(SecretKeys))]
    public void Path_where_content_is_expected_is_refused_as_such(string key)
    {
        var error = AssertRejected(key, "/etc/ssl/private/gateway.key"u8.ToArray());
        Assert.Contains("path", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SecretKeys))]
    public void Wrong_secret_is_refused_and_never_shown(string key)
    {
        foreach (var value in (string[])
            ["hunter2-hunter2", "-----BEGIN PRIVATE KEY-----\nhunter2", "-----BEGIN X-----\nhunter2\n-----END X-----", "hunter2\0", "hunter2 up /bin/sh"])
        {
            var result = Base(key).With(key, value).Parse("gw-b");
            Assert.Null(result.Config);
            Assert.Contains(result.Errors, error => error.Key == key);
            Assert.DoesNotContain(result.Errors.Concat(result.Warnings), finding => finding.ToString().Contains("hunter2", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Value_that_is_not_utf8_rejects_the_commit_whatever_its_kind()
    {
        byte[] notUtf8 = [0x31, 0xff, 0xfe];
        foreach (var key in Lines.Select(line => line.Key).Concat(WrongLists.Select(row => row.Data.Item1)).Append("/commit").Distinct())
            AssertRejected(key, notUtf8);
    }

    [Fact]
    public void Huge_values_are_refused_with_a_short_message()
    {
        foreach (var (key, _) in Lines)
        {
            var error = AssertRejected(key, Encoding.UTF8.GetBytes(new string('A', 65_536)));
            Assert.True(error.Message.Length < 400, error.Message);
        }
    }

    [Theory]
    [InlineData("tinc/port")]
    [InlineData("router_id")]
    [InlineData("openvpn/office/keepalive")]
    public void Empty_value_of_an_optional_key_is_read_as_absent_with_a_warning(string key)
    {
        foreach (var empty in (string[])["", " ", "   "])
        {
            var result = Fleet.Keys.With(Node + key, empty).Parse("gw-b");
            Assert.NotNull(result.Config);
            Assert.Contains(result.Warnings, warning => warning.Key == Node + key);
        }
    }

    [Fact]
    public void Messages_have_nothing_in_them_that_could_disturb_a_terminal()
    {
        var result = Fleet.Keys.With(Node + "tinc/port", "\u001b[2J").With(Node + "lan", "\u009b1m\n<>").Parse("gw-b");
        Assert.Equal(2, result.Errors.Length);
        Assert.DoesNotContain(result.Errors, error => error.Message.Any(char.IsControl));
    }

    /// <summary>Keys in which the one to be tried is in use.</summary>
    private static KeySet Base(string key) => key[(key.LastIndexOf('/') + 1)..] is "ca" or "cert" or "key" or "tls_auth" or "tls_crypt" && key.StartsWith(Office, StringComparison.Ordinal)
        ? Fleet.Keys.Without(Office + "secret").With(Office, ("ca", Material.Of("ca.crt")), ("cert", Material.Of("client.crt")), ("key", Material.Of("client.key")))
        : Fleet.Keys;

    private static KeyFinding AssertRejected(string key, byte[] value)
    {
        var result = Base(key).With(key, value).Parse("gw-b");
        Assert.Null(result.Config);
        var errors = result.Errors.Where(error => error.Key == key).ToList();
        Assert.True(errors.Count > 0, $"no error names {key}: {string.Join('\n', result.Errors)}");
        Assert.Contains(errors, error => error.Message.Contains("expected", StringComparison.Ordinal));
        return errors[0];
    }
}
