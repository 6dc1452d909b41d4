using Meduza.Gateway.Model;

namespace Meduza.Gateway.Lint.Rules;

/// <summary>iBGP between nodes of different AS numbers: each leaves the others out.</summary>
internal sealed class InternalAsNumbers : ILintRule
{
    public IEnumerable<LintFinding> Check(FleetView fleet)
    {
        var speakers = fleet.Nodes.Where(node => node.Config is { InternalRouting: InternalRouting.Bgp, Bgp: not null })
            .GroupBy(node => node.Config.Bgp!.Asn).OrderByDescending(group => group.Count()).ToList();
        foreach (var odd in speakers.Skip(1).SelectMany(group => group))
        {
            yield return LintFinding.Error(
                $"is {odd.Config.Bgp!.Asn}, but {speakers[0].Key} at {Words.And(speakers[0].Select(node => node.Name))}: with /global/internal_routing_system bgp all nodes have one",
                odd.Key("bgp/asn"));
        }
    }
}
