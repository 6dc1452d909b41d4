using System.Net;

namespace Meduza.Linux.Netlink.Route;

public sealed partial class RouteSocket
{
    /// <summary>Makes a route the default one, in place of the one that there is, if any (of the same metric, the main table).</summary>
    /// <param name="gateway">The next hop; null where the link itself leads everywhere.</param>
    /// <param name="index">The device; null where the kernel is to find it by the gateway.</param>
    /// <exception cref="ArgumentException">Neither is given.</exception>
    /// <exception cref="LinuxException"><c>ENETUNREACH</c>: no network of ours has the gateway; <c>ENETDOWN</c>: the device is down.</exception>
    public void ReplaceDefaultRoute(IPAddress? gateway, int? index)
    {
        if (gateway is null && index is null)
            throw new ArgumentException("a default route needs a gateway or a device");
        var writer = new MessageWriter(stackalloc byte[RouteMessages.MaxLength]);
        RouteMessages.WriteReplaceDefault(ref writer, gateway, index);
        var via = gateway is null ? "" : $" via {gateway}";
        var device = index is null ? "" : $" on link {index}";
        _socket.Change(writer.Written, "RTM_NEWROUTE", $"default{via}{device}");
    }
}
