namespace Meduza.Gateway.Lint.Rules;

/// <summary>Two nodes with one address in the overlay, or with addresses in two networks.</summary>
internal sealed class OverlayAddresses : ILintRule
{
    public IEnumerable<LintFinding> Check(FleetView fleet)
    {
        var members = fleet.Nodes.Where(node => node.Config.OverlayAddress is not null).ToList();
        foreach (var group in FleetView.Shared(members.Select(node => new Holder($"{node.Config.OverlayAddress!.Address}", node))))
        {
            yield return LintFinding.Error(
                $"{group.Key} is the overlay address of {Words.And(group.Select(each => each.Node.Name))}: give each its own",
                [.. group.Select(each => Key(each.Node))]);
        }
        var networks = members.GroupBy(node => node.Config.OverlayAddress!.Network).OrderByDescending(group => group.Count()).ToList();
        foreach (var odd in networks.Skip(1).SelectMany(group => group))
        {
            yield return LintFinding.Warning(
                $"{odd.Config.OverlayAddress} is in another network than the {networks[0].Count()} nodes of {networks[0].Key}: it cannot reach them", Key(odd));
        }
    }

    private static string Key(NodeView node) => node.Key($"{node.OverlayPart}/ipv4");
}
