using System.Net;
using System.Net.Sockets;
using Meduza.Linux.Abi;

namespace Meduza.Linux.Netlink.Route;

/// <summary>What a route does with a packet (<c>RTN_*</c>, rtnetlink(7)).</summary>
[CHeader("linux/rtnetlink.h")]
public enum RouteType : byte
{
    /// <summary>In a filter: any.</summary>
    [CName("RTN_UNSPEC")]
    Any = 0,

    /// <summary>Sent on, by the gateway or the device.</summary>
    [CName("RTN_UNICAST")]
    Unicast = 1,

    /// <summary>Delivered here.</summary>
    [CName("RTN_LOCAL")]
    Local = 2,

    /// <summary>Delivered here as a broadcast.</summary>
    [CName("RTN_BROADCAST")]
    Broadcast = 3,

    /// <summary>Delivered here, as one of several machines.</summary>
    [CName("RTN_ANYCAST")]
    Anycast = 4,

    /// <summary>A multicast route.</summary>
    [CName("RTN_MULTICAST")]
    Multicast = 5,

    /// <summary>Dropped in silence.</summary>
    [CName("RTN_BLACKHOLE")]
    Blackhole = 6,

    /// <summary>Answered with "host unreachable".</summary>
    [CName("RTN_UNREACHABLE")]
    Unreachable = 7,

    /// <summary>Answered with "administratively prohibited".</summary>
    [CName("RTN_PROHIBIT")]
    Prohibit = 8,

    /// <summary>Looked up further, by the next rule.</summary>
    [CName("RTN_THROW")]
    Throw = 9,
}

/// <summary>The routing tables that have names (<c>RT_TABLE_*</c>).</summary>
public static class RouteTable
{
    /// <summary>Where routes are looked up that no rule sends elsewhere.</summary>
    public const uint Main = 254;

    /// <summary>The kernel's own, of local and broadcast addresses.</summary>
    public const uint Local = 255;
}

/// <summary>Who made a route or a rule (<c>RTPROT_*</c>). From <see cref="Static"/> on the kernel only keeps the number.</summary>
[CHeader("linux/rtnetlink.h")]
public enum RouteProtocol : byte
{
    /// <summary>Not said; in a filter: anyone.</summary>
    [CName("RTPROT_UNSPEC")]
    Unspecified = 0,

    /// <summary>An ICMP redirect.</summary>
    [CName("RTPROT_REDIRECT")]
    Redirect = 1,

    /// <summary>The kernel, with an address.</summary>
    [CName("RTPROT_KERNEL")]
    Kernel = 2,

    /// <summary>While the machine came up; what ip(8) writes.</summary>
    [CName("RTPROT_BOOT")]
    Boot = 3,

    /// <summary>An administrator.</summary>
    [CName("RTPROT_STATIC")]
    Static = 4,

    /// <summary>Router advertisements.</summary>
    [CName("RTPROT_RA")]
    RouterAdvertisement = 9,

    /// <summary>FRR's zebra, for the routes that it makes itself.</summary>
    [CName("RTPROT_ZEBRA")]
    Zebra = 11,

    /// <summary>A DHCP client.</summary>
    [CName("RTPROT_DHCP")]
    Dhcp = 16,
}

/// <summary>A route. Where a value is null or zero a request leaves it to the kernel.</summary>
/// <param name="Destination">What it leads to; a prefix of length 0 is a default route.</param>
public sealed record IpRoute(IPNetwork Destination)
{
    /// <summary>The table that it stands in (see <see cref="RouteTable"/>).</summary>
    public uint Table { get; init; } = RouteTable.Main;

    /// <summary>What it does.</summary>
    public RouteType Type { get; init; } = RouteType.Unicast;

    /// <summary>Who made it: a number of one's own makes one's routes known again after a restart.</summary>
    public RouteProtocol Protocol { get; init; } = RouteProtocol.Static;

    /// <summary>How far its destination is; null lets the type and gateway say so, as ip(8) does.</summary>
    public AddressScope? Scope { get; init; }

    /// <summary>The next router, of the destination's family or, for an IPv4 destination, also of IPv6.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>True when the gateway is to be taken for a neighbour, though no prefix of the device holds it.</summary>
    public bool OnLink { get; init; }

    /// <summary>The device; 0 where there is none, or where the gateway says it.</summary>
    public int LinkIndex { get; init; }

    /// <summary>The metric: of several routes to one destination the lowest is used. 0 is 1024 with IPv6.</summary>
    public uint Metric { get; init; }

    /// <summary>The source address of packets that this machine sends over it.</summary>
    public IPAddress? PreferredSource { get; init; }

    /// <summary>Largest packet in bytes; 0 is that of the device.</summary>
    public uint Mtu { get; init; }

    /// <summary>True for a route that was read and has several next hops (<c>RTA_MULTIPATH</c>, <c>RTA_NH_ID</c>): they are not shown here.</summary>
    public bool HasSeveralNextHops { get; init; }

    /// <summary>IPv4 or IPv6.</summary>
    public AddressFamily Family => Destination.BaseAddress.AddressFamily;

    /// <summary>The default route of a family.</summary>
    public static IpRoute Default(AddressFamily family) => new(new IPNetwork(IpFamily.Any(family), 0));

    /// <summary>As ip(8) writes it, for messages.</summary>
    public override string ToString()
    {
        var type = Type == RouteType.Unicast ? "" : $"{Type.ToString().ToLowerInvariant()} ";
        var gateway = Gateway is null ? "" : $" via {Gateway}";
        var link = LinkIndex == 0 ? "" : $" dev #{LinkIndex}";
        var metric = Metric == 0 ? "" : $" metric {Metric}";
        var destination = Destination.PrefixLength == 0 ? "default" : Destination.ToString();
        return $"{type}{destination}{gateway}{link}{metric} table {Table}";
    }
}

/// <summary>Which routes to read. What is null or zero does not matter.</summary>
public sealed record RouteFilter
{
    /// <summary>IPv4, IPv6, or both.</summary>
    public AddressFamily Family { get; init; } = AddressFamily.Unspecified;

    /// <summary>One table, or all.</summary>
    public uint Table { get; init; }

    /// <summary>One type, or all.</summary>
    public RouteType Type { get; init; }

    /// <summary>One maker, or all.</summary>
    public RouteProtocol Protocol { get; init; }

    /// <summary>One device, or all.</summary>
    public int LinkIndex { get; init; }
}
