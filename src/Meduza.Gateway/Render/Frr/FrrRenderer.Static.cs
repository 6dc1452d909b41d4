using System.Collections.Immutable;
using Meduza.Gateway.Model;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Render.Frr;

internal static partial class FrrRenderer
{
    /// <summary>
    /// bgpd announces a network only while there is a route to it. The routes of edge_broadcast are blackholes, and of a
    /// distance at which any other route to the same network is preferred.
    /// </summary>
    private static string StaticRoutes(GatewayConfig config)
    {
        var text = new ConfigText();
        foreach (var prefix in EdgeBroadcast(config))
            text.Line($"ip route {prefix} blackhole 250");
        return text.ToString();
    }

    /// <summary>What this node announces for all: nothing where it has no external peer.</summary>
    private static ImmutableArray<Prefix> EdgeBroadcast(GatewayConfig config) =>
        config.Bgp is { } bgp && bgp.Peers.Any(bgp.IsExternal) ? bgp.EdgeBroadcast : [];
}
