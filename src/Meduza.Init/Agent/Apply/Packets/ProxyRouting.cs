using System.Net.Sockets;
using Meduza.Gateway.Render;
using Meduza.Linux.Netlink.Route;

namespace Meduza.Init.Agent.Apply.Packets;

/// <summary>
/// The way of marked packets to the proxy: a rule sends them to a table of its own, in which every address is one of
/// this machine, so that they are delivered here and not forwarded.
/// </summary>
internal sealed class ProxyRouting(RouteSocket route)
{
    private const int LoopbackIndex = 1;

    /// <summary>What ours are written with, and so known by when they are to go. iproute2 knows nobody by this number.</summary>
    private const RouteProtocol Meduza = (RouteProtocol)77;

    private static readonly IpRoute Everything = IpRoute.Default(AddressFamily.InterNetwork) with
    {
        Table = TransparentProxy.Table,
        Type = RouteType.Local,
        Scope = AddressScope.Host,
        Protocol = Meduza,
        LinkIndex = LoopbackIndex,
    };

    private static readonly RoutingRule Marked = new(AddressFamily.InterNetwork, TransparentProxy.RulePriority)
    {
        Table = TransparentProxy.Table,
        Mark = TransparentProxy.Mark,
        MarkMask = uint.MaxValue,
        Protocol = Meduza,
    };

    /// <summary>True when both are there, whoever wrote them.</summary>
    public bool IsThere => Routes.Any() && Rules.Any();

    /// <summary>True when one of them is there and ours.</summary>
    public bool IsLeftOver => Routes.Any(r => r.Protocol == Meduza) || Rules.Any(r => r.Protocol == Meduza);

    /// <summary>Adds what is not there.</summary>
    public void Put()
    {
        if (!Routes.Any())
            route.ReplaceRoute(Everything);
        if (!Rules.Any())
            route.AddRule(Marked);
    }

    /// <summary>Removes what is ours; the same of somebody else is his.</summary>
    public void Remove()
    {
        if (Rules.Any(r => r.Protocol == Meduza))
            route.DeleteRule(Marked);
        if (Routes.Any(r => r.Protocol == Meduza))
            route.DeleteRoute(Everything);
    }

    private IEnumerable<IpRoute> Routes => route.GetRoutes(new RouteFilter { Family = AddressFamily.InterNetwork, Table = TransparentProxy.Table })
        .Where(r => r.Destination == Everything.Destination && r.Type == RouteType.Local && r.LinkIndex == LoopbackIndex);

    private IEnumerable<RoutingRule> Rules => route.GetRules(AddressFamily.InterNetwork).Where(rule => rule with { Protocol = Meduza } == Marked);
}
