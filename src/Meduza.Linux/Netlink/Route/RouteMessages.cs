using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Meduza.Linux.Netlink.Abi;

namespace Meduza.Linux.Netlink.Route;

/// <summary>The messages about routes: rtnetlink(7), <c>RTM_NEWROUTE</c> and its like.</summary>
internal static class RouteMessages
{
    /// <summary>Room for any of these requests, in bytes.</summary>
    public const int MaxLength = 160;

    // nlmsghdr RTM_GETROUTE | rtmsg: family, table, protocol, type | RTA_TABLE u32 | RTA_OIF u32
    /// <summary>Routes. The kernel filters, since strict checking is on.</summary>
    public static void WriteDump(ref MessageWriter writer, RouteFilter filter)
    {
        var message = writer.BeginMessage(LinuxRtnetlink.RTM_GETROUTE, LinuxNetlink.NLM_F_REQUEST);
        writer.WriteStruct(new RouteHeader
        {
            rtm_family = IpFamily.Number(filter.Family),
            rtm_table = LowTable(filter.Table),
            rtm_protocol = (byte)filter.Protocol,
            rtm_type = (byte)filter.Type,
        });
        if (filter.Table != 0)
            writer.WriteAttribute(LinuxRtnetlink.RTA_TABLE, filter.Table);
        if (filter.LinkIndex != 0)
            writer.WriteAttribute(LinuxRtnetlink.RTA_OIF, (uint)filter.LinkIndex);
        writer.EndMessage(message);
    }

    /// <summary>A new route. One to that destination with that metric in that table is an error (<c>EEXIST</c>).</summary>
    public static void WriteAdd(ref MessageWriter writer, IpRoute route) =>
        Write(ref writer, LinuxRtnetlink.RTM_NEWROUTE, LinuxNetlink.NLM_F_CREATE | LinuxNetlink.NLM_F_EXCL, route);

    /// <summary>A route, in place of one to that destination with that metric in that table.</summary>
    public static void WriteReplace(ref MessageWriter writer, IpRoute route) =>
        Write(ref writer, LinuxRtnetlink.RTM_NEWROUTE, LinuxNetlink.NLM_F_CREATE | LinuxNetlink.NLM_F_REPLACE, route);

    /// <summary>The end of the first route that has all that is said here.</summary>
    public static void WriteDelete(ref MessageWriter writer, IpRoute route) => Write(ref writer, LinuxRtnetlink.RTM_DELROUTE, 0, route);

    // nlmsghdr | rtmsg: family, destination length, table, protocol, scope, type, flags | RTA_DST | RTA_GATEWAY or
    // RTA_VIA | RTA_PREFSRC | RTA_OIF u32 | RTA_PRIORITY u32 | RTA_TABLE u32, if it needs more than a byte |
    // RTA_METRICS { RTAX_MTU u32 }
    private static void Write(ref MessageWriter writer, ushort type, ushort flags, IpRoute route)
    {
        var message = writer.BeginMessage(type, (ushort)(LinuxNetlink.NLM_F_REQUEST | LinuxNetlink.NLM_F_ACK | flags));
        writer.WriteStruct(new RouteHeader
        {
            rtm_family = IpFamily.Number(route.Family),
            rtm_dst_len = (byte)route.Destination.PrefixLength,
            rtm_table = LowTable(route.Table),
            rtm_protocol = (byte)route.Protocol,
            rtm_scope = (byte)Scope(route, type),
            rtm_type = (byte)route.Type,
            rtm_flags = route.OnLink ? LinuxRtnetlink.RTNH_F_ONLINK : 0,
        });
        if (route.Destination.PrefixLength != 0)
            writer.WriteAttribute(LinuxRtnetlink.RTA_DST, route.Destination.BaseAddress);
        WriteGateway(ref writer, route);
        if (route.PreferredSource is not null)
            writer.WriteAttribute(LinuxRtnetlink.RTA_PREFSRC, route.PreferredSource);
        if (route.LinkIndex != 0)
            writer.WriteAttribute(LinuxRtnetlink.RTA_OIF, (uint)route.LinkIndex);
        if (route.Metric != 0)
            writer.WriteAttribute(LinuxRtnetlink.RTA_PRIORITY, route.Metric);
        if (route.Table > byte.MaxValue)
            writer.WriteAttribute(LinuxRtnetlink.RTA_TABLE, route.Table);
        if (route.Mtu != 0)
        {
            // Without the flag of nested attributes: so the kernel's strict IPv4 policy and ip(8) have it.
            var metrics = writer.BeginNestedWithoutFlag(LinuxRtnetlink.RTA_METRICS);
            writer.WriteAttribute(LinuxRtnetlink.RTAX_MTU, route.Mtu);
            writer.EndNested(metrics);
        }
        writer.EndMessage(message);
    }

    // RTA_VIA: | u16 family | address |
    private static void WriteGateway(ref MessageWriter writer, IpRoute route)
    {
        if (route.Gateway is not { } gateway)
            return;
        if (gateway.AddressFamily == route.Family)
        {
            writer.WriteAttribute(LinuxRtnetlink.RTA_GATEWAY, gateway);
            return;
        }
        Span<byte> via = stackalloc byte[sizeof(ushort) + 16];
        ushort family = IpFamily.Number(gateway);
        MemoryMarshal.Write(via, family);
        gateway.TryWriteBytes(via[sizeof(ushort)..], out var length);
        writer.WriteAttribute(LinuxRtnetlink.RTA_VIA, via[..(sizeof(ushort) + length)]);
    }

    // IPv6 ignores it. For IPv4 a route without a gateway is one of the link, and one of ours ends in this host; a request
    // to delete names nowhere, which matches any.
    private static AddressScope Scope(IpRoute route, ushort type) => route.Scope ?? (route.Family, route.Type, type) switch
    {
        (AddressFamily.InterNetworkV6, _, _) => AddressScope.Universe,
        (_, _, LinuxRtnetlink.RTM_DELROUTE) => AddressScope.Nowhere,
        (_, RouteType.Local, _) => AddressScope.Host,
        (_, RouteType.Unicast, _) when route.Gateway is null => AddressScope.Link,
        (_, RouteType.Broadcast or RouteType.Anycast or RouteType.Multicast, _) => AddressScope.Link,
        _ => AddressScope.Universe,
    };

    private static byte LowTable(uint table) => table <= byte.MaxValue ? (byte)table : LinuxRtnetlink.RT_TABLE_UNSPEC;

    /// <summary>Reads <c>RTM_NEWROUTE</c> and <c>RTM_DELROUTE</c>.</summary>
    /// <returns>False for any other message, for other families, and for entries of the route cache.</returns>
    public static bool TryParse(in Message message, out IpRoute route)
    {
        route = null!;
        if (message.Type is not (LinuxRtnetlink.RTM_NEWROUTE or LinuxRtnetlink.RTM_DELROUTE)
            || !message.TryRead<RouteHeader>(out var header, out var attributes)
            || (header.rtm_flags & LinuxRtnetlink.RTM_F_CLONED) != 0
            || !IpFamily.TryParse(header.rtm_family, out var family))
            return false;

        IPAddress? destination = null, gateway = null, source = null;
        uint table = header.rtm_table, link = 0, metric = 0, mtu = 0;
        var several = false;
        while (attributes.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case LinuxRtnetlink.RTA_DST when attribute.TryGetAddress(out var address):
                    destination = address;
                    break;
                case LinuxRtnetlink.RTA_GATEWAY when attribute.TryGetAddress(out var address):
                    gateway = address;
                    break;
                case LinuxRtnetlink.RTA_VIA when attribute.Value.Length is 2 + 4 or 2 + 16:
                    gateway = new IPAddress(attribute.Value[2..]);
                    break;
                case LinuxRtnetlink.RTA_PREFSRC when attribute.TryGetAddress(out var address):
                    source = address;
                    break;
                case LinuxRtnetlink.RTA_TABLE:
                    attribute.TryGet(out table);
                    break;
                case LinuxRtnetlink.RTA_OIF:
                    attribute.TryGet(out link);
                    break;
                case LinuxRtnetlink.RTA_PRIORITY:
                    attribute.TryGet(out metric);
                    break;
                case LinuxRtnetlink.RTA_METRICS:
                    mtu = Mtu(attribute.Nested);
                    break;
                case LinuxRtnetlink.RTA_MULTIPATH or LinuxRtnetlink.RTA_NH_ID:
                    several = true;
                    break;
            }
        }
        destination ??= IpFamily.Any(family);
        if (destination.AddressFamily != family || !IpFamily.TryPrefix(destination, header.rtm_dst_len, out var prefix))
            return false;
        route = new IpRoute(prefix)
        {
            Table = table,
            Type = (RouteType)header.rtm_type,
            Protocol = (RouteProtocol)header.rtm_protocol,
            Scope = (AddressScope)header.rtm_scope,
            Gateway = gateway,
            OnLink = (header.rtm_flags & LinuxRtnetlink.RTNH_F_ONLINK) != 0,
            LinkIndex = (int)Math.Min(link, int.MaxValue),
            Metric = metric,
            PreferredSource = source,
            Mtu = mtu,
            HasSeveralNextHops = several,
        };
        return true;
    }

    private static uint Mtu(AttributeReader metrics)
    {
        while (metrics.TryRead(out var metric))
        {
            if (metric.Type == LinuxRtnetlink.RTAX_MTU && metric.TryGet(out uint mtu))
                return mtu;
        }
        return 0;
    }
}
