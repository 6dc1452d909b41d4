using Meduza.Vm.Harness;

namespace Meduza.Bench;

/// <summary>
/// A thousand WireGuard peers in the kernel, beside <c>wg</c> doing the same, in the emulated machine of tests/Meduza.Vm: the
/// milliseconds are those of an emulated processor, some ten times those of a real one; the ratios are what counts. A run of
/// <c>wg</c> includes its start.
/// </summary>
internal static class KernelWireGuard
{
    public static void Measure()
    {
        var figures = new GuestRun().Machine.Figures;
        Print("wireguard_1000_peers_write", "wireguard.write.1000.ms");
        Ratio("wireguard_1000_peers_write_to_wg_syncconf", "wireguard.write.1000.ms", "wg.syncconf.write.1000.ms");
        Print("wireguard_one_peer_read", "wireguard.change.read.ms");
        Print("wireguard_one_peer_difference", "wireguard.change.difference.ms");
        Print("wireguard_one_peer_write", "wireguard.change.write.ms");
        Print("wireguard_one_peer_whole", "wireguard.change.whole.ms");
        // wg set knows what to change: it neither reads nor compares.
        Ratio("wireguard_one_peer_write_to_wg_set", "wireguard.change.write.ms", "wg.set.one.ms");
        Ratio("wireguard_one_peer_whole_to_wg_set", "wireguard.change.whole.ms", "wg.set.one.ms");
        Ratio("wireguard_one_peer_whole_to_wg_syncconf", "wireguard.change.whole.ms", "wg.syncconf.one.ms");

        void Print(string name, string figure) => Figure.Print($"{name}_emulated", "ms", figures[figure]);

        void Ratio(string name, string ours, string theirs) => Figure.Print(name, "ratio", figures[ours] / figures[theirs]);
    }
}
