namespace Meduza.Gateway.Lint;

/// <summary>One thing that can be wrong between nodes although each of them is right by itself.</summary>
internal interface ILintRule
{
    IEnumerable<LintFinding> Check(FleetView fleet);
}
