using System.Net.Sockets;

namespace Meduza.Linux.Netlink.Route;

public sealed partial class RouteSocket
{
    /// <summary>All rules of a family, or of both, in the order in which they are asked.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public IReadOnlyList<RoutingRule> GetRules(AddressFamily family = AddressFamily.Unspecified)
    {
        var writer = new MessageWriter(stackalloc byte[RuleMessages.MaxLength]);
        RuleMessages.WriteDump(ref writer, family);
        return _socket.Dump<RoutingRule>(writer.Written, "RTM_GETRULE", "all rules", RuleMessages.TryParse);
    }

    /// <exception cref="LinuxException"><c>EEXIST</c>: there is one like it; or the kernel refused.</exception>
    public void AddRule(RoutingRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var writer = new MessageWriter(stackalloc byte[RuleMessages.MaxLength]);
        RuleMessages.WriteAdd(ref writer, rule);
        _socket.Change(writer.Written, "RTM_NEWRULE", rule.ToString());
    }

    /// <summary>Deletes the first rule that has all that is said of <paramref name="rule"/>.</summary>
    /// <exception cref="LinuxException"><c>ENOENT</c>: there is none.</exception>
    public void DeleteRule(RoutingRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var writer = new MessageWriter(stackalloc byte[RuleMessages.MaxLength]);
        RuleMessages.WriteDelete(ref writer, rule);
        _socket.Change(writer.Written, "RTM_DELRULE", rule.ToString());
    }
}
