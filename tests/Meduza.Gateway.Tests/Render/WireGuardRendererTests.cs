using System.Collections.Immutable;
using Meduza.Gateway.Plan;
using Meduza.Gateway.Render;
using Meduza.Gateway.Tests.Model;

namespace Meduza.Gateway.Tests.Render;

/// <summary>What a WireGuard device becomes, and what changes of it touch.</summary>
public sealed class WireGuardRendererTests
{
    private const string Wire = "/nodes/gw-b/wireguard/office/";
    private static readonly KeySet Keys = WireGuardKeysTests.Keys.With(Wire, ("address", "10.9.0.1/24"), ("listen_port", "51820"), ("peer/one/endpoint", "192.0.2.9:4500"));
    private static readonly Machine Userspace = new() { WireGuardInKernel = false };

    [Fact]
    public void Kernels_device_is_ours_and_has_neither_process_nor_file()
    {
        var (without, with) = (Fleet.Keys.Render("gw-b"), Keys.Render("gw-b"));
        var device = Assert.Single(with.WireGuard);
        Assert.Equal(("wireguard/office", "wg-office", true), (device.Component, device.Device, device.InKernel));
        var link = with.Links.Single(l => l.Name == "wg-office");
        Assert.Equal(("10.9.0.1/24", 1420, true), (Assert.Single(link.Addresses).ToString(), link.Mtu, link.IsOurs));
        Assert.Equal(without.Services.Select(s => s.Name), with.Services.Select(s => s.Name));
        Assert.Equal(without.Files.Select(f => f.Path), with.Files.Select(f => f.Path));
    }

    [Fact]
    public void Without_the_kernels_it_is_a_service_whose_peers_are_no_reason_to_restart()
    {
        var state = Keys.Render("gw-b", Userspace);
        var service = state.Services.Single(s => s.Component == "wireguard/office");
        Assert.Equal(["/usr/bin/wireguard-go", "-f", "wg-office"], service.Command);
        Assert.False(state.Links.Single(l => l.Name == "wg-office").IsOurs);
        var changed = Keys.With(Wire + "peer/one/persistent_keepalive", "5").Render("gw-b", Userspace).Services.Single(s => s.Component == "wireguard/office");
        Assert.True(service.SameProcessAs(changed));
    }

    [Fact]
    public void Device_of_ours_is_brought_up_in_the_same_plan_that_makes_it()
    {
        var state = Keys.Render("gw-b");
        var changes = Planner.Plan(state, new ObservedState { DifferingWireGuard = ["wireguard/office"] });
        Assert.Equal(["wireguard/office"], changes.WireGuard);
        var link = changes.Links.Single(l => l.Name == "wg-office");
        Assert.Equal((true, 1420, "10.9.0.1/24"), (link.BringUp, link.Mtu, Assert.Single(link.Add).ToString()));
        Assert.Contains("wireguard/office", changes.Components);
        Assert.DoesNotContain(
            Planner.Plan(Keys.Render("gw-b", Userspace), new ObservedState()).Links, l => l.Name == "wg-office");
    }

    [Fact]
    public void Wrong_mtu_is_mended()
    {
        var state = Keys.Render("gw-b");
        ObservedState Observed(int mtu) => new()
        {
            Links = ImmutableDictionary<string, ObservedLink>.Empty.Add("wg-office", new ObservedLink(true, [.. state.Links.Single(l => l.Name == "wg-office").Addresses]) { Mtu = mtu }),
        };
        Assert.DoesNotContain(Planner.Plan(state, Observed(1420)).Links, l => l.Name == "wg-office");
        Assert.Equal(1420, Planner.Plan(state, Observed(1500)).Links.Single(l => l.Name == "wg-office").Mtu);
    }

    [Fact]
    public void Device_that_is_not_wanted_any_more_is_deleted()
    {
        var changes = Planner.Plan(Fleet.Keys.Render("gw-b"), new ObservedState { StrayWireGuard = ["wg-office"] });
        Assert.Equal(["wg-office"], changes.WireGuardDeletes);
        Assert.Contains("wireguard", changes.Components);
        Assert.False(changes.IsEmpty);
    }

    [Fact]
    public void Device_and_ports_are_excluded_from_the_proxy()
    {
        var proxy = Keys.With("/nodes/gw-b/clash/", ("enable", "true"), ("mode", "tproxy")).Render("gw-b").Packets.Proxy!;
        Assert.Contains("wg-office", proxy.ExcludedDevices);
        Assert.Contains(proxy.ExcludedPorts, p => p.ToString().Contains("51820", StringComparison.Ordinal));
        Assert.Contains(proxy.ExcludedPorts, p => p.ToString().Contains("4500", StringComparison.Ordinal));
    }

    [Fact]
    public void No_secret_is_in_the_text_of_a_state() =>
        Assert.DoesNotContain("QJLSK2pt", $"{Keys.Render("gw-b").WireGuard[0]} {Keys.Config("gw-b").WireGuard[0]}", StringComparison.Ordinal);
}
