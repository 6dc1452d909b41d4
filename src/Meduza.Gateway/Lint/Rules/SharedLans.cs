using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Lint.Rules;

/// <summary>A network that two nodes announce, as a whole or in part: packets go to whichever is nearer.</summary>
internal sealed class SharedLans : ILintRule
{
    private sealed record Announced(Prefix Lan, NodeView Node, string Key);

    public IEnumerable<LintFinding> Check(FleetView fleet)
    {
        var all = fleet.Nodes
            .SelectMany(node => node.Config.Lans.Select(lan => new Announced(lan, node, "lan"))
                .Concat(node.Config.PrivateLans.Select(lan => new Announced(lan, node, "private_lan"))))
            .OrderBy(each => each.Lan).ToList();
        // Sorted, a network is followed by all that lies in it.
        var around = new Stack<Announced>();
        foreach (var each in all)
        {
            while (around.TryPeek(out var top) && !top.Lan.Contains(each.Lan))
                around.Pop();
            if (around.TryPeek(out var outer) && outer.Node != each.Node)
            {
                var relation = outer.Lan == each.Lan ? "is announced by" : $"lies in {outer.Lan}, which is announced by";
                yield return LintFinding.Warning(
                    $"{each.Lan} {relation} {outer.Node.Name} too: right for two ways into one network, otherwise drop it at one of them",
                    each.Node.Key(each.Key), outer.Node.Key(outer.Key));
            }
            around.Push(each);
        }
    }
}
