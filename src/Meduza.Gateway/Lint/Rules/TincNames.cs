namespace Meduza.Gateway.Lint.Rules;

/// <summary>Two members of the tinc network with one name: the others know only one of them.</summary>
internal sealed class TincNames : ILintRule
{
    public IEnumerable<LintFinding> Check(FleetView fleet)
    {
        var all = fleet.Nodes.Where(node => node.Config.Tinc is not null).Select(node => new Holder($"{node.Config.Tinc!.Self.Name}", node));
        foreach (var group in FleetView.Shared(all))
        {
            yield return LintFinding.Error(
                $"{group.Key} is the tinc name of {Words.And(group.Select(each => each.Node.Name))}: set another at one of them",
                [.. group.Select(each => each.Node.Key("tinc/name"))]);
        }
    }
}
