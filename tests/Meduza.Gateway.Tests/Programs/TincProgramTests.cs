namespace Meduza.Gateway.Tests.Programs;

/// <summary>What tincd itself makes of what is rendered.</summary>
public sealed class TincProgramTests
{
    private const int SigHup = 1;

    [Fact]
    public void Two_nodes_reach_each_other_over_the_overlay()
    {
        using var a = new Sandbox();
        using var b = new Sandbox();
        a.Connect("eth0", "192.0.2.1/24", b, "eth0", "192.0.2.2/24");
        Start(a, Overlay(Fleet.Keys), "gw-a");
        Start(b, Overlay(Fleet.Keys), "gw-b");
        Sandbox.Eventually(
            () => a.TryRun("ping", "-c", "1", "-W", "1", "10.20.0.2").ExitCode == 0,
            () => $"{a.Service("tinc").Text}\n{b.Service("tinc").Text}");
    }

    [Fact]
    public void A_new_peer_is_connected_to_after_the_reload_signal_alone()
    {
        using var a = new Sandbox();
        using var b = new Sandbox();
        a.Connect("eth0", "192.0.2.1/24", b, "eth0", "192.0.2.2/24");
        var alone = Overlay(Fleet.Keys).With("/nodes/gw-b/tinc/enable", "false");
        var both = Overlay(Fleet.Keys).With("/nodes/gw-b/tinc/address", "192.0.2.2").Without("/nodes/gw-a/tinc/address");
        alone = alone.Without("/nodes/gw-a/tinc/address");
        Start(a, alone, "gw-a");
        Start(b, both, "gw-b");

        var (before, after) = (alone.Render(), both.Render());
        var (old, now) = (before.Services.Single(s => s.Name == "tinc"), after.Services.Single(s => s.Name == "tinc"));
        Assert.True(old.SameProcessAs(now));
        Assert.NotEqual(old.ReloadRevision, now.ReloadRevision);
        a.LayDown(after);
        a.Signal("tinc", SigHup);
        Sandbox.Eventually(
            () => a.TryRun("ping", "-c", "1", "-W", "1", "10.20.0.2").ExitCode == 0,
            () => $"{a.Service("tinc").Text}\n{b.Service("tinc").Text}");
    }

    [Fact]
    public void Tincd_leaves_no_pid_file_behind_and_starts_again_after_a_kill()
    {
        using var a = new Sandbox();
        var state = Overlay(Fleet.Keys).Render();
        a.LayDown(state);
        var service = state.Services.Single(s => s.Name == "tinc");
        a.StartService(service).Kill(9);
        a.Service("tinc").Dispose();
        a.StartService(service).WaitForLine(line => line.Contains("Ready", StringComparison.Ordinal), Sandbox.Patience);
        Assert.Equal("crw-rw-rw-", a.Run("stat", "-c", "%A", "/dev/null").Trim());
        Assert.Empty(a.Run("find", "/run", "-type", "f"));
    }

    private static KeySet Overlay(KeySet keys) => keys
        .Without("/nodes/gw-a/ospf/enable").Without("/nodes/gw-b/ospf/enable").Without("/nodes/gw-b/bgp/enable")
        .Without("/nodes/gw-a/dnsmasq/enable").With("/nodes/gw-b/openvpn/office/enable", "false");

    private static void Start(Sandbox machine, KeySet keys, string node)
    {
        var state = keys.Render(node);
        machine.LayDown(state);
        machine.StartServices(state);
        machine.SetLinks(state);
    }
}
