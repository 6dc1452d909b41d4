using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Lint.Rules;

/// <summary>Two nodes with one router id: OSPF and BGP take them for one router, and routes of one of them are lost.</summary>
internal sealed class RouterIds : ILintRule
{
    public IEnumerable<LintFinding> Check(FleetView fleet) =>
    [
        .. Check(fleet, "ospf", node => node.Config.Ospf?.RouterId),
        .. Check(fleet, "bgp", node => node.Config.Bgp?.RouterId),
    ];

    private static IEnumerable<LintFinding> Check(FleetView fleet, string part, Func<NodeView, RouterId?> idOf)
    {
        var all = fleet.Nodes.Where(node => idOf(node) is not null).Select(node => new Holder($"{idOf(node)}", node));
        foreach (var group in FleetView.Shared(all))
        {
            yield return LintFinding.Error(
                $"{group.Key} is the {part.ToUpperInvariant()} router id of {Words.And(group.Select(each => each.Node.Name))}: give each its own, here or in router_id",
                [.. group.Select(each => each.Node.Key($"{part}/router_id"))]);
        }
    }
}
