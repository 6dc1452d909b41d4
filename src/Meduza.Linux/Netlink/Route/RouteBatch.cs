using System.Net;

namespace Meduza.Linux.Netlink.Route;

/// <summary>Changes of routes, rules and addresses, to be made together by <see cref="RouteSocket.Send"/>, in this order.</summary>
public sealed class RouteBatch
{
    internal NetlinkBatch Requests { get; } = new();

    /// <summary>How many changes.</summary>
    public int Count => Requests.Count;

    /// <inheritdoc cref="RouteSocket.AddRoute"/>
    public void AddRoute(IpRoute route)
    {
        ArgumentNullException.ThrowIfNull(route);
        var writer = new MessageWriter(stackalloc byte[RouteMessages.MaxLength]);
        RouteMessages.WriteAdd(ref writer, route);
        Requests.Add(writer.Written, "RTM_NEWROUTE", route);
    }

    /// <inheritdoc cref="RouteSocket.ReplaceRoute"/>
    public void ReplaceRoute(IpRoute route)
    {
        ArgumentNullException.ThrowIfNull(route);
        var writer = new MessageWriter(stackalloc byte[RouteMessages.MaxLength]);
        RouteMessages.WriteReplace(ref writer, route);
        Requests.Add(writer.Written, "RTM_NEWROUTE", route);
    }

    /// <inheritdoc cref="RouteSocket.DeleteRoute"/>
    public void DeleteRoute(IpRoute route)
    {
        ArgumentNullException.ThrowIfNull(route);
        var writer = new MessageWriter(stackalloc byte[RouteMessages.MaxLength]);
        RouteMessages.WriteDelete(ref writer, route);
        Requests.Add(writer.Written, "RTM_DELROUTE", route);
    }

    /// <inheritdoc cref="RouteSocket.AddRule"/>
    public void AddRule(RoutingRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var writer = new MessageWriter(stackalloc byte[RuleMessages.MaxLength]);
        RuleMessages.WriteAdd(ref writer, rule);
        Requests.Add(writer.Written, "RTM_NEWRULE", rule);
    }

    /// <inheritdoc cref="RouteSocket.DeleteRule"/>
    public void DeleteRule(RoutingRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var writer = new MessageWriter(stackalloc byte[RuleMessages.MaxLength]);
        RuleMessages.WriteDelete(ref writer, rule);
        Requests.Add(writer.Written, "RTM_DELRULE", rule);
    }

    /// <inheritdoc cref="RouteSocket.AddAddress"/>
    public void AddAddress(int index, IPAddress address, int prefixLength)
    {
        RouteSocket.Validate(address, prefixLength);
        var writer = new MessageWriter(stackalloc byte[AddressMessages.MaxLength]);
        AddressMessages.WriteAdd(ref writer, index, address, prefixLength);
        Requests.Add(writer.Written, "RTM_NEWADDR", $"{address}/{prefixLength} on link {index}");
    }

    /// <inheritdoc cref="RouteSocket.DeleteAddress"/>
    public void DeleteAddress(int index, IPAddress address, int prefixLength)
    {
        RouteSocket.Validate(address, prefixLength);
        var writer = new MessageWriter(stackalloc byte[AddressMessages.MaxLength]);
        AddressMessages.WriteDelete(ref writer, index, address, prefixLength);
        Requests.Add(writer.Written, "RTM_DELADDR", $"{address}/{prefixLength} on link {index}");
    }
}
