using System.Collections.Immutable;
using Meduza.Gateway.Lint;

namespace Meduza.Init.Cli;

/// <summary>What lint says, for programs.</summary>
/// <param name="Ok">True when there is no error.</param>
/// <param name="Nodes">The nodes that have keys.</param>
internal sealed record LintDocument(bool Ok, ImmutableArray<string> Nodes, ImmutableArray<LintLine> Errors, ImmutableArray<LintLine> Warnings)
{
    public static LintDocument Of(LintReport report) => new(
        !report.HasErrors, report.Nodes,
        [.. report.Findings.Where(finding => finding.IsError).Select(LintLine.Of)],
        [.. report.Findings.Where(finding => !finding.IsError).Select(LintLine.Of)]);
}

/// <param name="Keys">The keys that it is about, the one to look at first in front.</param>
/// <param name="Message">What is wrong, and what to do.</param>
internal sealed record LintLine(ImmutableArray<string> Keys, string Message)
{
    public static LintLine Of(LintFinding finding) => new(finding.Keys, finding.Message);
}
