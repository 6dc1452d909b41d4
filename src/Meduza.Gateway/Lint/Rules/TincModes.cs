namespace Meduza.Gateway.Lint.Rules;

/// <summary>Members of one tinc network whose packets find their way by different rules.</summary>
internal sealed class TincModes : ILintRule
{
    public IEnumerable<LintFinding> Check(FleetView fleet)
    {
        var modes = fleet.Nodes.Where(node => node.Config.Tinc is not null).GroupBy(node => node.Config.Tinc!.Mode).OrderByDescending(group => group.Count()).ToList();
        foreach (var odd in modes.Skip(1).SelectMany(group => group))
            yield return LintFinding.Error($"is {odd.Config.Tinc!.Mode}, but {modes[0].Key} at {Words.And(modes[0].Select(node => node.Name))}: set the same at all", odd.Key("tinc/mode"));
    }
}
