using Meduza.Gateway.Generate;
using Meduza.Gateway.Model.WireGuard;

namespace Meduza.Gateway.Tests.Fuzz.Oracles;

/// <summary>The text for wg-quick(8), read as its script does: sections, and <c>NAME = VALUE</c> with names in any case.</summary>
internal static class WgQuickOracle
{
    public static IEnumerable<string> Judge(Rendered rendered)
    {
        var generated = Generator.Generate("wireguard", rendered.Config, rendered.State).Instances!.Value;
        Assert.Equal(rendered.Config.WireGuard.Length, generated.Length);
        foreach (var (instance, output) in rendered.Config.WireGuard.Zip(generated))
            AssertHolds(instance, output.Config);
        return [];
    }

    /// <summary>Fails where a text says anything else than an instance.</summary>
    public static void AssertHolds(WireGuardInstance instance, string text)
    {
        List<string> expected =
        [
            "[Interface] 0", $"privatekey={instance.PrivateKey.Reveal()} 0", $"mtu={instance.Mtu} 0", "table=off 0",
            .. Optional("listenport", instance.ListenPort?.ToString(), 0), .. List("address", instance.Addresses, 0), .. List("dns", instance.Dns, 0),
        ];
        foreach (var (index, peer) in instance.Peers.Index())
        {
            var section = index + 1;
            expected.AddRange(
            [
                $"[Peer] {section}", $"publickey={peer.PublicKey} {section}", .. Optional("presharedkey", peer.PresharedKey?.Reveal(), section),
                .. List("allowedips", peer.AllowedIps, section), .. Optional("endpoint", peer.Endpoint?.ToString(), section),
                .. Optional("persistentkeepalive", peer.PersistentKeepalive > 0 ? $"{peer.PersistentKeepalive}" : null, section),
            ]);
        }
        OracleList.AssertSame($"wg-quick for {instance.Name}", expected, Statements(text));
    }

    private static IEnumerable<string> Statements(string text)
    {
        var section = -1;
        foreach (var raw in text.Split('\n'))
        {
            // A comment may begin anywhere.
            var line = raw.Split('#')[0].Trim();
            if (line.Length == 0)
                continue;
            if (line[0] == '[')
            {
                yield return $"{line} {++section}";
                continue;
            }
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            Assert.True(equals > 0, $"wg-quick reads no statement: {raw}");
            yield return $"{line[..equals].Trim().ToLowerInvariant()}={line[(equals + 1)..].Trim()} {section}";
        }
    }

    private static IEnumerable<string> Optional(string name, string? value, int section) => value is null ? [] : [$"{name}={value} {section}"];

    private static IEnumerable<string> List<T>(string name, IReadOnlyCollection<T> values, int section) =>
        values.Count == 0 ? [] : [$"{name}={string.Join(", ", values)} {section}"];
}
