using System.Diagnostics;
using System.Globalization;
using System.Text;
using Meduza.Linux;
using Meduza.Linux.Process;
using Meduza.Linux.WireGuard;

namespace Meduza.Bench;

/// <summary>
/// One changed peer among a thousand of wireguard-go: the read, the difference and the write, beside <c>wg</c> doing the same,
/// its start included.
/// </summary>
internal static class UserspaceWireGuardChange
{
    private const int Samples = 30;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static void Measure()
    {
        // Its socket lies in one folder for all network namespaces.
        var device = $"wgb{Environment.ProcessId}";
        using var space = NamespaceThread.Create();
        using var program = NamespaceThread.Run(space, () => Command.Start("wireguard-go", ["-f", device]));
        var control = new UserspaceWireGuard();
        for (var end = Environment.TickCount64 + (long)Limit.TotalMilliseconds; control.Get(device) is null; Thread.Sleep(10))
        {
            if (program.HasExited || Environment.TickCount64 > end)
                throw new TimeoutException($"wireguard-go does not serve: {program.Text}");
        }
        control.Apply(device, WireGuardDiff.Between(control.Get(device)!, WireGuardPeers.All));

        var file = Path.GetTempFileName();
        try
        {
            Compare(control, device, file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Compare(UserspaceWireGuard control, string device, string file)
    {
        List<double> reads = [], differences = [], writes = [], wholes = [], sets = [], syncs = [];
        for (ushort n = 1; n <= 2 * Samples; n++)
        {
            var desired = WireGuardPeers.WithInterval((ushort)(100 + n));
            WireGuardDevice? current = null;
            WireGuardChange? change = null;
            var read = Milliseconds(() => current = control.Get(device));
            var difference = Milliseconds(() => change = WireGuardDiff.Between(current!, desired));
            var write = Milliseconds(() => control.Apply(device, change!));
            if (change!.Peers.Count != 1)
                throw new InvalidOperationException($"{change.Peers.Count} peers differ");
            var set = Milliseconds(() => Wg("set", device, "peer", WireGuardPeers.Changed.ToString(), "persistent-keepalive", (200 + n).ToString(CultureInfo.InvariantCulture)));
            WriteFile(file, WireGuardPeers.WithInterval((ushort)(300 + n)));
            var sync = Milliseconds(() => Wg("syncconf", device, file));
            // The first half is the compiler's.
            if (n <= Samples)
                continue;
            reads.Add(read);
            differences.Add(difference);
            writes.Add(write);
            wholes.Add(read + difference + write);
            sets.Add(set);
            syncs.Add(sync);
        }
        Figure.Print("wireguard_go_one_peer_read", "ms", reads);
        Figure.Print("wireguard_go_one_peer_difference", "ms", differences);
        Figure.Print("wireguard_go_one_peer_write", "ms", writes);
        Figure.Print("wireguard_go_one_peer_whole", "ms", wholes);
        Figure.Print("wireguard_go_one_peer_write_to_wg_set", "ratio", writes.Min() / sets.Min());
        Figure.Print("wireguard_go_one_peer_whole_to_wg_set", "ratio", wholes.Min() / sets.Min());
        Figure.Print("wireguard_go_one_peer_whole_to_wg_syncconf", "ratio", wholes.Min() / syncs.Min());
    }

    private static void WriteFile(string path, WireGuardConfig config)
    {
        var text = new StringBuilder("[Interface]\n");
        foreach (var peer in config.Peers)
            text.Append(CultureInfo.InvariantCulture, $"[Peer]\nPublicKey = {peer.PublicKey}\nAllowedIPs = {string.Join(", ", peer.AllowedIps)}\nEndpoint = {peer.Endpoint}\nPersistentKeepalive = {peer.PersistentKeepalive}\n");
        File.WriteAllText(path, text.ToString());
    }

    private static void Wg(params string[] arguments)
    {
        var result = Command.Run("wg", arguments, Limit);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"wg {arguments[0]}: {result.Error}");
    }

    private static double Milliseconds(Action action)
    {
        var begun = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }
}
