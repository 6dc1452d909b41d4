namespace Meduza.Linux.Netlink.Route;

/// <summary>What notifications may be about.</summary>
[Flags]
public enum RouteTopics
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Devices.</summary>
    Links = 1,

    /// <summary>Addresses, of both families.</summary>
    Addresses = 2,

    /// <summary>Routes of all tables, of both families. A full table of a routing daemon comes as one notification a route.</summary>
    Routes = 4,

    /// <summary>Rules of policy routing, of both families.</summary>
    Rules = 8,
}

/// <summary>What happened to a device, an address, a route or a rule.</summary>
public enum RouteEvent
{
    /// <summary>A device appeared, or something of it changed: <see cref="RouteNotification.Link"/> is how it is now.</summary>
    LinkChanged,

    /// <summary>A device is gone: <see cref="RouteNotification.Link"/> is how it was.</summary>
    LinkGone,

    /// <summary>An address appeared, or its flags changed.</summary>
    AddressChanged,

    /// <summary>An address is gone.</summary>
    AddressGone,

    /// <summary>A route appeared, or stands in the place of another: the replaced one is not told.</summary>
    RouteChanged,

    /// <summary>A route is gone. IPv4 routes that go with their device or address are not told.</summary>
    RouteGone,

    /// <summary>A rule appeared.</summary>
    RuleAdded,

    /// <summary>A rule is gone.</summary>
    RuleGone,

    /// <summary>Notifications were lost, since more came than were read: whatever was known must be read anew.</summary>
    Missed,
}

/// <summary>One notification of the kernel.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Link">The device, with the two events about devices.</param>
/// <param name="Address">The address, with the two events about addresses.</param>
/// <param name="Route">The route, with the two events about routes.</param>
/// <param name="Rule">The rule, with the two events about rules.</param>
public readonly record struct RouteNotification(
    RouteEvent Event, Link? Link, LinkAddress? Address, IpRoute? Route = null, RoutingRule? Rule = null);
