using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Keys;

namespace Meduza.Gateway.Tests.Model;

/// <summary>
/// Values that look like those of a kind and are none, for every key of that kind. A new key is held to the row of its kind
/// without being named here; a new kind needs a row.
/// </summary>
public sealed partial class WrongOfItsKindTests
{
    private static readonly string[] Paths = ["/etc/ssl/private/gateway.key", "./ca.crt", "~/key.pem", "gateway.key"];
    private static readonly string[] Content =
    [
        "hunter2", "-----BEGIN X-----\nAA\n-----END X-----", "-----BEGIN CERTIFICATE-----\nAA", "-----END CERTIFICATE-----", "AAAA",
        // A line that the programs do not read to its end.
        .. ((string[])["CERTIFICATE", "PRIVATE KEY", "RSA PRIVATE KEY", "RSA PUBLIC KEY"]).Select(label => $"-----BEGIN {label}-----\n{new string('A', 255)}\n-----END {label}-----"),
    ];

    /// <summary>By what a kind, or each item of its lists, is called.</summary>
    private static readonly Dictionary<string, string[]> Rows = new()
    {
        ["flag"] = ["maybe", "2", "-1", "truefalse", "true false"],
        ["text"] = [],
        ["name"] = [".hidden", "-x", "a b", "a/b", "a..b", "..", new('a', 64), "é"],
        ["port"] = ["0", "65536", "-1", "+1", "01", "1.0", "0x10", "1e3", "٣", "1-2", "http", "99999999999999999999"],
        ["AS number"] = ["0", "4294967295", "4294967296", "-1", "65001.1", "AS65001", "all"],
        ["AS numbers, or *"] = ["0", "4294967295", "all", "65001\n**"],
        ["router id"] = ["0.0.0.0", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4/32", "0x1.2.3.4", "1"],
        ["OSPF area"] = ["-1", "4294967296", "0.0.0", "backbone"],
        ["device"] = ["abcdefghijklmnop", "a/b", "a b", ".", "..", "all", "default", "lo", "-x", "tnc0:1", "é"],
        ["device or IPv4 address"] = ["abcdefghijklmnop", "10.0.0", "10.0.0.256", "a/b", "lo"],
        ["tinc name"] = ["gw-b", "gw.b", "ä", new('a', 64)],
        ["OpenSSL name"] = ["aes 256", "-x", new('a', 41)],
        ["address"] = ["10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1/24", "host", "fd00::1%eth0", "[fd00::1]", "fd00:::1"],
        ["IPv4 address"] = ["10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.0/24", "peer.example.net"],
        ["IPv4 address/length"] = ["10.0.0.1", "10.0.0.1/33", "10.0.0.1/", "/24", "10.0.0.1/024", "10.0.0.1 /24", "10.0.0/24"],
        ["IPv4 address[/length]"] = ["10.0.0.1/33", "10.0.0.1/", "/24", "10.0.0/24"],
        ["address[/length]"] = ["10.0.0.1/33", "fd00::1/129", "10.0.0.1/", "/24", "10.0.0/24"],
        ["CIDR"] = ["10.0.0.0/33", "10.0.0.0/", "/24", "10.0.0/8", "256.0.0.0/8", "10.0.0.0/255.0.0.0", "10.0.0.0/8,10.1.0.0/16", "10.0.0.0-10.0.0.9"],
        ["subnet"] = ["10.0.0.0/24#x", "10.0.0.0/33", "00:11:22:33:44", "not a subnet"],
        ["rules"] = ["allow 10.0.0.0/8", "permit any", "permit 10.0.0.0/8 le 7", "permit 10.0.0.0/8 ge 24 le 16", "permit 10.0.0.0/8 ge 33", "permit 10.0.0.0/8 ge 9 ge 10", "permit"],
        ["host"] = ["two words", "-x", "a..b", "host:80", "http://host", new('a', 64)],
        ["HOST:PORT"] = ["host", "host:0", "host:65536", "fd00::1:80", "[10.0.0.1]:80", "host:80:81", ":80"],
        ["remote"] = ["host 0", "host 65536", "host 1194 udp7", "host 1194 udp extra", "-up /bin/sh", "http://host"],
        ["protocol"] = ["tcp", "udp7", "UDP", "tcp_server"],
        ["two IPv4 addresses"] = ["10.0.0.1", "10.0.0.1 10.0.0.1", "10.0.0.1 fd00::1", "10.0.0.1/24 10.0.0.2", "10.0.0.1 10.0.0.2 x"],
        ["two numbers"] = ["10", "10 10", "0 60", "60 10", "a b", "10 60 90"],
        ["port selector"] = ["0", "65536", "20-10", "1-65536", "0-80", "out:in:80", "udp:tcp:80", "sctp:80", "80-", "-80", "80-90-100"],
        ["port forward"] = ["80", "80:10.0.0.5", "0:10.0.0.5:80", "80:10.0.0.5:65536", "80:fd00::5:80", "80:[10.0.0.5]:80", "80:host:80", "80:10.0.0.5:80:81"],
        ["EasyTier listener"] = ["tcp:0", "tcp:65536", "ftp:80", "tcp", "tcp://host:80", "tcp://0.0.0.0", "udp:1-2"],
        ["EasyTier URL"] = ["gw.example.net:11010", "tcp://", "tcp://host:0", "tcp://host:65536", "ftp://host:1", "tcp://u@host:1", "tcp://host:1/a b", "file:///etc/passwd"],
        ["URL"] = ["ftp://a.example/x", "file:///etc/passwd", "file:///data/clash/../x", "file:///data/clash/", "http://", "//a.example", "http://a.example/a b", "javascript:x"],
        ["JSON object of path: URL"] =
        [
            "[]", "{", "{\"a\": 1}", "{\"../x\": \"https://a.example/\"}", "{\"/etc/x\": \"https://a.example/\"}", "{\"a\": \"/etc/passwd\"}", "{\"config.yaml\": \"https://a.example/\"}",
            "{\"a\": \"https://a.example/\", \"a/b\": \"https://a.example/\"}", "{\"\\ud800\": \"https://a.example/\"}",
        ],
        ["YAML list of maps"] = ["a: b", "- a", "[", "- {type: x, tag: a}\n- {type: x, tag: a}", "- {type: nftset}", "- {type: x, args: {file: /etc/passwd}}", "- {type: x, args: {Files: [/etc/passwd]}}",
            "- {type: x, args: {dump_file: ../x}}", "- {type: x, args: {DUMP_FILE: ../x}}", "- {type: x, evil: y}", "- {tag: x}", "*a"],
        ["WireGuard key"] = [new('A', 43), new('A', 44), new string('A', 43) + "=", new('A', 45), "AA==", .. Paths],
        ["Ed25519 public key"] = [new('A', 42), new('A', 44), new string('A', 42) + "=", .. Paths],
        ["static key"] = [.. Content, .. Paths],
        ["certificates"] = [.. Content, .. Paths],
        ["private key"] = [.. Content, .. Paths],
        ["RSA public key"] = [.. Content, .. Paths],
        ["RSA private key"] = [.. Content, .. Paths],
        ["Ed25519 private key"] = [.. Content, .. Paths],
    };

    private static IEnumerable<KeySpec> Keys => KeyCheck.Readable.Where(spec => !IsDirective(spec));

    public static TheoryData<string> Readable => new(Keys.Select(spec => spec.Template));

    [Theory]
    [MemberData(nameof(Readable))]
    public void Value_that_only_looks_like_one_is_refused(string template)
    {
        var spec = KeyTable.Find(template)!;
        foreach (var value in WrongFor(spec))
            AssertRefused(spec, value);
    }

    [Fact]
    public void No_row_is_left_of_a_kind_that_is_gone() =>
        Assert.Empty(Rows.Keys.Except(Keys.Select(ItemKind)));

    [Fact]
    public void IPv6_is_refused_where_only_IPv4_is_expected()
    {
        var specs = Keys.Where(spec => spec.Expected.Contains("IPv4", StringComparison.Ordinal) && !spec.Expected.Contains("IPv6", StringComparison.Ordinal)).ToList();
        Assert.True(specs.Count > 10, $"{specs.Count}");
        foreach (var spec in specs)
        {
            foreach (var value in (string[])["fd00::1", "fd00::1/64", "fd00::/8", "::", "::ffff:10.0.0.1", "::ffff:10.0.0.0/104"])
                AssertRefused(spec, value);
        }
    }

    [Fact]
    public void Host_bits_of_a_network_are_masked_with_a_warning()
    {
        foreach (var spec in Keys.Where(spec => ItemKind(spec) is "CIDR" or "rules" or "subnet"))
        {
            var found = Check(spec, ItemKind(spec) == "rules" ? "permit 10.0.0.1/24" : "10.0.0.1/24");
            Assert.False(found.HasErrors, spec.Template);
            Assert.Contains("read as 10.0.0.0/24", Assert.Single(found.Warnings).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Path_where_content_is_expected_is_refused_as_such()
    {
        foreach (var spec in Keys.Where(spec => spec.Expected.Contains("the content of", StringComparison.Ordinal)))
        {
            foreach (var path in Paths)
                Assert.Contains("path", Assert.Single(Check(spec, path).Errors).Message, StringComparison.Ordinal);
        }
    }

    private static string[] WrongFor(KeySpec spec)
    {
        var kind = ItemKind(spec);
        if (Range().Match(kind) is { Success: true } range)
        {
            var (min, max) = (Number(range.Groups[1].Value), Number(range.Groups[2].Value));
            return [$"{min - 1}", $"{max + 1}", "01", "1.0", "0x1", "1e1", "many", $"{min}-{max}"];
        }
        // One of a few words.
        if (kind.Contains('|', StringComparison.Ordinal))
            return [.. kind.Split(" | ").Select(word => word.ToUpperInvariant()), .. kind.Split(" | ").Select(word => word + "x"), "other", kind];
        Assert.True(Rows.TryGetValue(kind, out var row), $"{spec.Template}: a kind without a row of wrong values: {kind}");
        return row;
    }

    private static string ItemKind(KeySpec spec) => spec.KindName.StartsWith("list of ", StringComparison.Ordinal) ? spec.KindName["list of ".Length..] : spec.KindName;

    private static bool IsDirective(KeySpec spec) => spec.About.StartsWith("OpenVPN's directive", StringComparison.Ordinal);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static void AssertRefused(KeySpec spec, string value)
    {
        var found = Check(spec, value);
        Assert.True(found.HasErrors, $"{spec.Template} takes {value}");
        Assert.All(found.Errors, error => Assert.Contains("expected", error.Message, StringComparison.Ordinal));
    }

    private static Findings Check(KeySpec spec, string value) => KeyCheck.Of(spec, Encoding.UTF8.GetBytes(value));

    [GeneratedRegex(@"\Anumber (\d+)–(\d+)\z")]
    private static partial Regex Range();
}
