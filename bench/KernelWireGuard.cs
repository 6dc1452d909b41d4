using Meduza.Vm.Harness;

namespace Meduza.Bench;

/// <summary>
/// A thousand WireGuard peers, beside <c>wg syncconf</c> doing the same, in the emulated machine of tests/Meduza.Vm: the
/// milliseconds are those of an emulated processor, some ten times those of a real one; the ratios are what counts.
/// </summary>
internal static class KernelWireGuard
{
    public static void Measure()
    {
        var figures = new GuestRun().Figures;
        Print("wireguard_1000_peers_write", "wireguard.write.1000.ms", "wg.syncconf.write.1000.ms");
        Print("wireguard_one_peer_change", "wireguard.change.one.ms", "wg.syncconf.change.one.ms");
        Figure.Print("wireguard_1000_peers_read_emulated", "ms", figures["wireguard.read.1000.ms"]);

        void Print(string name, string ours, string theirs)
        {
            Figure.Print($"{name}_emulated", "ms", figures[ours]);
            Figure.Print($"{name}_to_wg_syncconf", "ratio", figures[ours] / figures[theirs]);
        }
    }
}
