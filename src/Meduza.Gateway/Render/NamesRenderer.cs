using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Mosdns;

namespace Meduza.Gateway.Render;

/// <summary>Who answers names on this machine. After the renderers of those, since it goes by what they listen on.</summary>
internal static class NamesRenderer
{
    public static void Render(GatewayConfig config, Machine machine, StateBuilder state)
    {
        if (!config.DnsmasqEnabled)
            return;
        List<NameUpstream> programs = [];
        // One that does not listen where dnsmasq asks would cost every question a wait.
        if (state.FindService(MosdnsRenderer.Service) is { Readiness.Kind: ReadinessKind.BoundUdpPort })
            programs.Add(new(MosdnsRenderer.Service, PluginCheck.Port) { IsHealthyByAnswers = true });
        if (config.Clash is not null)
            programs.Add(new(TransparentProxy.Service, ClashConfig.DnsPort));
        state.Names = new([.. programs], machine.Nameservers);
        state.File(new DesiredFile(NameUpstreams.ServersPath, state.Names.Servers(_ => false), StateBuilder.PublicFile, NameUpstreams.Service) { Live = true });
    }
}
