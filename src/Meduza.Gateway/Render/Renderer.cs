using Meduza.Gateway.Model;
using Meduza.Gateway.Render.Frr;
using Meduza.Gateway.Render.Mihomo;

namespace Meduza.Gateway.Render;

/// <summary>
/// A configuration in, everything that the gateway must be out: files, services, links, FRR's texts. Pure: the same
/// configuration for the same machine gives the same bytes.
/// </summary>
public static class Renderer
{
    /// <summary>What <see cref="Render"/> says of names alone: dnsmasq with the host records and the fallbacks, the same bytes.</summary>
    public static DesiredState RenderNames(GatewayConfig config, Machine machine)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(machine);
        var state = new StateBuilder();
        DnsmasqRenderer.Render(config, machine, state);
        NamesRenderer.Render(config, machine, state);
        return state.Build();
    }

    public static DesiredState Render(GatewayConfig config, Machine machine)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(machine);
        var state = new StateBuilder();
        // The order of these calls is the order in which services start.
        DnsmasqRenderer.Render(config, machine, state);
        EasyTierRenderer.Render(config, machine, state);
        TincRenderer.Render(config, machine, state);
        OpenVpnRenderer.Render(config, machine, state);
        WireGuardRenderer.Render(config, machine, state);
        FrrRenderer.Render(config, machine, state);
        MihomoRenderer.Render(config, machine, state);
        MosdnsRenderer.Render(config, machine, state);
        NamesRenderer.Render(config, machine, state);
        PacketRulesRenderer.Render(config, machine, state);
        state.HealthPort = config.HealthPort?.Number;
        return state.Build();
    }
}
