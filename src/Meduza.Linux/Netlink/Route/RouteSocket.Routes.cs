using System.Net;
using System.Net.Sockets;
using static Tmds.Linux.LibC;

namespace Meduza.Linux.Netlink.Route;

public sealed partial class RouteSocket
{
    /// <summary>The routes that <paramref name="filter"/> lets through; the kernel filters.</summary>
    /// <returns>None where there is no such table.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public IReadOnlyList<IpRoute> GetRoutes(RouteFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var writer = new MessageWriter(stackalloc byte[RouteMessages.MaxLength]);
        RouteMessages.WriteDump(ref writer, filter);
        try
        {
            return _socket.Dump<IpRoute>(writer.Written, "RTM_GETROUTE", $"table {filter.Table}", RouteMessages.TryParse);
        }
        catch (LinuxException e) when (e.Errno == ENOENT || e.Errno == ENODEV)
        {
            return [];
        }
    }

    /// <exception cref="LinuxException">
    /// <c>EEXIST</c>: there is one to that destination with that metric; <c>ENETUNREACH</c>: its gateway is no neighbour; or
    /// the kernel refused.
    /// </exception>
    public void AddRoute(IpRoute route)
    {
        ArgumentNullException.ThrowIfNull(route);
        var writer = new MessageWriter(stackalloc byte[RouteMessages.MaxLength]);
        RouteMessages.WriteAdd(ref writer, route);
        _socket.Change(writer.Written, "RTM_NEWROUTE", route.ToString());
    }

    /// <summary>Adds a route, or puts it in the place of one to the same destination with the same metric, with no moment between.</summary>
    /// <exception cref="LinuxException"><c>ENETUNREACH</c>: its gateway is no neighbour; or the kernel refused.</exception>
    public void ReplaceRoute(IpRoute route)
    {
        ArgumentNullException.ThrowIfNull(route);
        var writer = new MessageWriter(stackalloc byte[RouteMessages.MaxLength]);
        RouteMessages.WriteReplace(ref writer, route);
        _socket.Change(writer.Written, "RTM_NEWROUTE", route.ToString());
    }

    /// <summary>Deletes the first route that has all that is said of <paramref name="route"/>.</summary>
    /// <exception cref="LinuxException"><c>ESRCH</c>: there is none.</exception>
    public void DeleteRoute(IpRoute route)
    {
        ArgumentNullException.ThrowIfNull(route);
        var writer = new MessageWriter(stackalloc byte[RouteMessages.MaxLength]);
        RouteMessages.WriteDelete(ref writer, route);
        _socket.Change(writer.Written, "RTM_DELROUTE", route.ToString());
    }

    /// <summary>
    /// Makes <paramref name="gateway"/>, or a device alone, the default route of the main table. First the new one stands,
    /// then all other default routes of the family go that FRR did not make: there is no moment without one.
    /// </summary>
    /// <param name="gateway">The next router; null where <paramref name="linkIndex"/> needs none, as a tunnel.</param>
    /// <param name="linkIndex">The device; null where the gateway says it.</param>
    /// <returns>False when it was so already: nothing was asked of the kernel.</returns>
    /// <exception cref="ArgumentException">Neither a gateway nor a device.</exception>
    /// <exception cref="LinuxException"><c>ENETUNREACH</c>: the gateway is in no network of this machine; or the kernel refused.</exception>
    public bool ReplaceDefaultRoute(IPAddress? gateway, int? linkIndex)
    {
        if (gateway is null && linkIndex is null)
            throw new ArgumentException("a default route needs a gateway or a device", nameof(gateway));
        var family = gateway?.AddressFamily ?? AddressFamily.InterNetwork;
        var others = DefaultRoutes(family);
        bool IsWanted(IpRoute route) => !route.HasSeveralNextHops && Equals(route.Gateway, gateway)
            && (linkIndex is null || route.LinkIndex == linkIndex);
        if (others is [var only] && IsWanted(only))
            return false;

        var wanted = IpRoute.Default(family) with { Gateway = gateway, LinkIndex = linkIndex ?? 0, Protocol = RouteProtocol.Boot };
        ReplaceRoute(wanted);
        var kept = false;
        foreach (var route in DefaultRoutes(family))
        {
            if (!kept && IsWanted(route) && route.Protocol == RouteProtocol.Boot)
                kept = true;
            else
                DeleteRoute(route);
        }
        return true;
    }

    // Those of routing daemons are theirs to replace.
    private List<IpRoute> DefaultRoutes(AddressFamily family) =>
    [
        .. GetRoutes(new RouteFilter { Family = family, Table = RouteTable.Main })
            .Where(r => r.Destination.PrefixLength == 0 && r.Type == RouteType.Unicast && IsOfMachine(r.Protocol)),
    ];

    private static bool IsOfMachine(RouteProtocol protocol) => protocol is RouteProtocol.Redirect or RouteProtocol.Kernel
        or RouteProtocol.Boot or RouteProtocol.Static or RouteProtocol.RouterAdvertisement or RouteProtocol.Dhcp;
}
