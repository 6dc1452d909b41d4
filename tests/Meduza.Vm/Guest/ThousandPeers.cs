using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Meduza.Linux.WireGuard;

namespace Meduza.Vm.Guest;

/// <summary>A device of many peers: written, read back, changed by one, and beside <c>wg syncconf</c>, which does the same.</summary>
internal static class ThousandPeers
{
    private const int Peers = 1000;
    private const int Rounds = 9;
    private const string Wg = "/usr/bin/wg";
    private const string File = "/tmp/wg0.conf";

    /// <summary>A key that no one has the secret of, from a number.</summary>
    public static WireGuardPublicKey Key(int number)
    {
        Span<byte> bytes = stackalloc byte[WireGuardPublicKey.Length];
        bytes.Clear();
        BitConverter.TryWriteBytes(bytes, number + 2);
        return new WireGuardPublicKey(bytes);
    }

    public static void Run(Report report)
    {
        using (var warm = new Side())
            warm.Converge(Config(50));

        using var side = new Side();
        var config = Config(Peers);
        var time = Stopwatch.StartNew();
        side.Control.Apply(Side.Device, WireGuardDiff.Between(side.Control.Get(Side.Device)!, config));
        report.Figure("wireguard.write.1000.ms", time.Elapsed.TotalMilliseconds);
        Require.Equal(0, side.Converge(config));

        time.Restart();
        var device = side.Control.Get(Side.Device)!;
        report.Figure("wireguard.read.1000.ms", time.Elapsed.TotalMilliseconds);
        Require.Equal(Peers, device.Peers.Count);
        Require.Equal(3 * Peers, device.Peers.Sum(p => p.AllowedIps.Count));

        var changed = Changed(config);
        Require.Equal(1, side.Converge(changed));
        Require.Equal(1, side.Converge(config));

        using var other = new Side();
        // A file without a private key would take the device's away, and with it most of the work that a new peer makes.
        var key = other.Run(Wg, "show", Side.Device, "private-key").Output.Trim();
        WriteFile(config, key);
        time.Restart();
        Require.Equal(0, other.Run(Wg, "syncconf", Side.Device, File).ExitCode);
        report.Figure("wg.syncconf.write.1000.ms", time.Elapsed.TotalMilliseconds);
        WriteFile(changed, key);
        Require.Equal(0, other.Run(Wg, "syncconf", Side.Device, File).ExitCode);
        // What the one wrote is right for the other.
        Require.Equal(0, other.Converge(changed with { PrivateKey = other.Secret }));
    }

    /// <summary>What a change of one peer among a thousand is made of, beside what wg(8) needs for the same.</summary>
    public static void ChangeOfOne(Report report)
    {
        using var side = new Side();
        var config = Config(Peers);
        side.Converge(config);
        var key = side.Run(Wg, "show", Side.Device, "private-key").Output.Trim();
        var middle = config.Peers[Peers / 2];
        Samples read = new(), difference = new(), write = new(), whole = new(), set = new(), syncconf = new();
        for (ushort n = 1; n <= Rounds; n++)
        {
            // Each changes the interval of one peer to a value that it has not yet.
            var desired = WithInterval(config, (ushort)(100 + n));
            whole.Time(() =>
            {
                var device = read.Time(() => side.Control.Get(Side.Device)!);
                var change = difference.Time(() => WireGuardDiff.Between(device, desired));
                write.Time(() => side.Control.Apply(Side.Device, change));
            });
            set.Time(() => Require.Equal(0, side.Run(Wg, "set", Side.Device, "peer", middle.PublicKey.ToString(), "persistent-keepalive", $"{200 + n}").ExitCode));
            WriteFile(WithInterval(config, (ushort)(300 + n)), key);
            syncconf.Time(() => Require.Equal(0, side.Run(Wg, "syncconf", Side.Device, File).ExitCode));
        }
        Require.Equal(0, side.Converge(WithInterval(config, 300 + Rounds)));
        report.Figure("wireguard.change.read.ms", read.Median);
        report.Figure("wireguard.change.difference.ms", difference.Median);
        report.Figure("wireguard.change.write.ms", write.Median);
        report.Figure("wireguard.change.whole.ms", whole.Median);
        report.Figure("wg.set.one.ms", set.Median);
        report.Figure("wg.syncconf.one.ms", syncconf.Median);
    }

    public static void PeerOfManyAddresses(Report report)
    {
        using var side = new Side();
        var config = new WireGuardConfig
        {
            Peers =
            [
                new(Key(1)) { AllowedIps = [.. Enumerable.Range(0, 4000).Select(i => IPNetwork.Parse($"10.{i / 256}.{i % 256}.0/24"))] },
                new(Key(2)) { AllowedIps = [.. Enumerable.Range(0, 2000).Select(i => IPNetwork.Parse($"2001:db8:{i:x}::/48"))] },
            ],
        };
        Require.That(side.Converge(config) > 4);
        Require.Equal(1, side.Converge(config with { Peers = [config.Peers[0], config.Peers[1] with { AllowedIps = [.. config.Peers[1].AllowedIps, IPNetwork.Parse("fd00::/64")] }] }));
    }

    public static void WgAgrees(Report report)
    {
        using var side = new Side();
        side.Converge(Config(Peers));
        var dump = side.Run(Wg, "show", Side.Device, "dump");
        Require.Equal(0, dump.ExitCode);
        var device = side.Control.Get(Side.Device)!;
        var lines = dump.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Require.Equal(Peers + 1, lines.Length);
        var first = lines[0].Split('\t');
        Require.Equal(device.PrivateKey, WireGuardSecret.Parse(first[0]));
        Require.Equal((side.Key.ToString(), "51820", "0x20"), (first[1], first[2], first[3]));
        for (var i = 0; i < Peers; i++)
        {
            var (peer, fields) = (device.Peers[i], lines[i + 1].Split('\t'));
            Require.Equal(peer.PublicKey.ToString(), fields[0]);
            Require.Equal(peer.PresharedKey is null, fields[1] == "(none)");
            Require.Equal(peer.Endpoint?.ToString() ?? "(none)", fields[2]);
            Require.Equal(string.Join(',', peer.AllowedIps.Select(a => a.ToString())), fields[3]);
            Require.Equal("0", fields[4]);
            Require.Equal(peer.PersistentKeepalive == 0 ? "off" : peer.PersistentKeepalive.ToString(CultureInfo.InvariantCulture), fields[7]);
        }
    }

    private static WireGuardConfig Config(int peers) => new()
    {
        ListenPort = 51820,
        Mark = 0x20,
        Peers =
        [
            .. Enumerable.Range(0, peers).Select(i => new WireGuardPeerConfig(Key(i))
            {
                PresharedKey = i % 2 == 0 ? null : new WireGuardSecret(Enumerable.Repeat((byte)(i | 1), 32).ToArray()),
                Endpoint = (i % 3) switch
                {
                    0 => null,
                    1 => new IPEndPoint(IPAddress.Parse($"192.0.{i / 256}.{i % 256}"), 1000 + i),
                    _ => new IPEndPoint(IPAddress.Parse($"2001:db8::{i:x}"), 1000 + i),
                },
                PersistentKeepalive = (ushort)(i % 30),
                AllowedIps = [IPNetwork.Parse($"10.{i / 256}.{i % 256}.0/24"), IPNetwork.Parse($"10.{100 + i / 256}.{i % 256}.1/32"), IPNetwork.Parse($"2001:db8:{i:x}::/48")],
            }),
        ],
    };

    private static WireGuardConfig Changed(WireGuardConfig config) => config with
    {
        Peers = [.. config.Peers.Select((p, i) => i == Peers / 2 ? p with { AllowedIps = [.. p.AllowedIps, IPNetwork.Parse("172.16.0.0/24")] } : p)],
    };

    private static WireGuardConfig WithInterval(WireGuardConfig config, ushort interval) => config with
    {
        Peers = [.. config.Peers.Select((p, i) => i == Peers / 2 ? p with { PersistentKeepalive = interval } : p)],
    };

    private static void WriteFile(WireGuardConfig config, string privateKey)
    {
        var text = new StringBuilder($"[Interface]\nPrivateKey = {privateKey}\nListenPort = 51820\nFwMark = 0x20\n");
        foreach (var (peer, i) in config.Peers.Select((p, i) => (p, i)))
        {
            text.Append(CultureInfo.InvariantCulture, $"[Peer]\nPublicKey = {peer.PublicKey}\nAllowedIPs = {string.Join(", ", peer.AllowedIps)}\nPersistentKeepalive = {peer.PersistentKeepalive}\n");
            if (peer.PresharedKey is not null)
                text.Append(CultureInfo.InvariantCulture, $"PresharedKey = {Convert.ToBase64String(Enumerable.Repeat((byte)(i | 1), 32).ToArray())}\n");
            if (peer.Endpoint is not null)
                text.Append(CultureInfo.InvariantCulture, $"Endpoint = {peer.Endpoint}\n");
        }
        System.IO.File.WriteAllText(File, text.ToString());
    }
}
