using Meduza.Gateway.Model;

namespace Meduza.Gateway.Tests.Fuzz.Oracles;

/// <summary>tinc.conf and host files as tincd reads them (tinc.conf(5); <c>parse_config_line</c> in its <c>conf.c</c>).</summary>
internal static class TincOracle
{
    // tincd reads lines into a buffer of that size (MAX_STRING_SIZE is less for none of its values).
    private const int LongestLine = 4096;

    public static IEnumerable<string> Judge(Rendered rendered)
    {
        var folder = $"/etc/tinc/{rendered.Config.TincNetname}";
        if (rendered.Config.Tinc is not { } tinc)
            return [];
        List<string> read = [$"{folder}/tinc.conf"];
        OracleList.AssertSame("tinc.conf",
            [
                $"Name={tinc.Self.Name}", $"Mode={tinc.Mode}", $"DeviceType={(tinc.Mode == "router" ? "tun" : "tap")}", $"Interface={tinc.Device}",
                $"AddressFamily={tinc.AddressFamily}", .. tinc.Peers.Where(peer => peer.Addresses.Length > 0).Select(peer => $"ConnectTo={peer.Name}"),
            ],
            Variables(rendered.Lines(read[0])));
        foreach (var host in tinc.Peers.Add(tinc.Self))
        {
            var path = $"{folder}/hosts/{host.Name}";
            OracleList.AssertSame(path, Expected(host), Variables(rendered.Lines(path)));
            read.Add(path);
        }
        foreach (var (name, key) in new[] { ("rsa_key.priv", tinc.RsaPrivateKey), ("ed25519_key.priv", tinc.Ed25519PrivateKey) })
        {
            if (key is null)
                continue;
            Assert.Equal(key.Reveal(), rendered.Text($"{folder}/{name}"));
            read.Add($"{folder}/{name}");
        }
        return read;
    }

    private static IEnumerable<string> Expected(TincHost host) =>
    [
        .. host.Addresses.Select(address => $"Address={address}"), $"Port={host.Port}", .. host.Subnets.Select(subnet => $"Subnet={subnet}"),
        .. Optional("Cipher", host.Cipher), .. Optional("Digest", host.Digest), .. Optional("Ed25519PublicKey", host.Ed25519PublicKey),
        .. Optional("PEM", host.RsaPublicKey),
    ];

    private static IEnumerable<string> Optional(string name, string? value) => value is null ? [] : [$"{name}={value}"];

    /// <summary>
    /// A variable ends at white space or <c>=</c>; at most one <c>=</c> with white space around it follows; the rest is the
    /// value. Lines that are empty or begin with <c>#</c> say nothing, and no more does what stands in a block of PEM.
    /// </summary>
    private static IEnumerable<string> Variables(string[] lines)
    {
        string? block = null;
        foreach (var line in lines)
        {
            Assert.True(line.Length < LongestLine, line);
            if (block is not null)
            {
                block += line + "\n";
                if (!line.StartsWith("-----END", StringComparison.Ordinal))
                    continue;
                yield return $"PEM={block}";
                block = null;
            }
            else if (line.StartsWith("-----BEGIN", StringComparison.Ordinal))
            {
                block = line + "\n";
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                var end = line.IndexOfAny([' ', '\t', '=']);
                Assert.True(end > 0, $"tincd takes this for no variable: {line}");
                var rest = line[end..].TrimStart(' ', '\t');
                if (rest.StartsWith('='))
                    rest = rest[1..].TrimStart(' ', '\t');
                Assert.True(rest.Length > 0, $"tincd reads no value: {line}");
                yield return $"{line[..end]}={rest.TrimEnd(' ', '\t')}";
            }
        }
        Assert.Null(block);
    }
}
