namespace Meduza.Linux.Netlink.Route;

/// <summary>What happened to a device or an address.</summary>
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

    /// <summary>Notifications were lost, since more came than were read: whatever was known must be read anew.</summary>
    Missed,
}

/// <summary>One notification of the kernel.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Link">The device, with the two events about devices.</param>
/// <param name="Address">The address, with the two events about addresses.</param>
public readonly record struct RouteNotification(RouteEvent Event, Link? Link, LinkAddress? Address);
