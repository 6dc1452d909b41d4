using Meduza.Gateway.Model;

namespace Meduza.Gateway.Lint.Rules;

/// <summary>A fleet of several nodes whose overlay has no member.</summary>
internal sealed class MeshMembers : ILintRule
{
    public IEnumerable<LintFinding> Check(FleetView fleet)
    {
        if (fleet.Nodes.Length < 2 || fleet.Nodes.Any(node => node.Config.OverlayDevice is not null))
            yield break;
        var (name, part) = fleet.Nodes[0].Config.Mesh == MeshType.Tinc ? ("tinc", "tinc") : ("easytier", "easytier");
        yield return LintFinding.Warning(
            $"is {name}, and no node is a member: set {part}/enable at the nodes, or mesh_type to the overlay that they have",
            ["/global/mesh_type", .. fleet.Nodes.Select(node => node.Key($"{part}/enable"))]);
    }
}
