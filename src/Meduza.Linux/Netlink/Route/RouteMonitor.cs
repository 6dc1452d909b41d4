using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink.Route;

/// <summary>
/// What happens to devices, addresses, routes and rules from the moment of <see cref="Open(RouteTopics)"/> on, in the network namespace
/// of the thread that opened it. Open it, then read the state with a <see cref="RouteSocket"/>, then read the notifications:
/// so nothing falls between.
/// </summary>
/// <remarks>What overflows becomes one <see cref="RouteEvent.Missed"/>.</remarks>
public sealed class RouteMonitor : IDisposable
{
    private static readonly (RouteTopics Topic, uint Group)[] Groups =
    [
        (RouteTopics.Links, LinuxRtnetlink.RTNLGRP_LINK),
        (RouteTopics.Addresses, LinuxRtnetlink.RTNLGRP_IPV4_IFADDR),
        (RouteTopics.Addresses, LinuxRtnetlink.RTNLGRP_IPV6_IFADDR),
        (RouteTopics.Routes, LinuxRtnetlink.RTNLGRP_IPV4_ROUTE),
        (RouteTopics.Routes, LinuxRtnetlink.RTNLGRP_IPV6_ROUTE),
        (RouteTopics.Rules, LinuxRtnetlink.RTNLGRP_IPV4_RULE),
        (RouteTopics.Rules, LinuxRtnetlink.RTNLGRP_IPV6_RULE),
    ];

    private readonly NotificationStream<RouteNotification> _stream;

    private RouteMonitor(NetlinkSocket socket) =>
        _stream = new(socket, TryParse, new RouteNotification(RouteEvent.Missed, null, null), "route-monitor");

    /// <summary>Of devices and addresses.</summary>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public static RouteMonitor Open() => Open(RouteTopics.Links | RouteTopics.Addresses);

    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public static RouteMonitor Open(RouteTopics topics)
    {
        var socket = NetlinkSocket.Open(LinuxNetlink.NETLINK_ROUTE);
        try
        {
            foreach (var (topic, group) in Groups)
            {
                if ((topics & topic) != 0)
                    socket.Subscribe(group);
            }
            return new RouteMonitor(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The notifications as they come, until cancelled. One reading at a time.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/>.</exception>
    /// <exception cref="LinuxException">The socket failed.</exception>
    public IAsyncEnumerable<RouteNotification> ReadAllAsync(CancellationToken cancellation) => _stream.ReadAllAsync(cancellation);

    /// <summary>Closes the socket. A reading that is under way must have been cancelled.</summary>
    public void Dispose() => _stream.Dispose();

    private static bool TryParse(in Message message, out RouteNotification notification)
    {
        if (LinkMessages.TryParse(message, out var link))
        {
            var gone = message.Type == LinuxRtnetlink.RTM_DELLINK;
            notification = new RouteNotification(gone ? RouteEvent.LinkGone : RouteEvent.LinkChanged, link, null);
            return true;
        }
        if (AddressMessages.TryParse(message, out var address))
        {
            var gone = message.Type == LinuxRtnetlink.RTM_DELADDR;
            notification = new RouteNotification(gone ? RouteEvent.AddressGone : RouteEvent.AddressChanged, null, address);
            return true;
        }
        if (RouteMessages.TryParse(message, out var route))
        {
            var gone = message.Type == LinuxRtnetlink.RTM_DELROUTE;
            notification = new RouteNotification(gone ? RouteEvent.RouteGone : RouteEvent.RouteChanged, null, null, route);
            return true;
        }
        if (RuleMessages.TryParse(message, out var rule))
        {
            var gone = message.Type == LinuxRtnetlink.RTM_DELRULE;
            notification = new RouteNotification(gone ? RouteEvent.RuleGone : RouteEvent.RuleAdded, null, null, null, rule);
            return true;
        }
        notification = default;
        return false;
    }
}
