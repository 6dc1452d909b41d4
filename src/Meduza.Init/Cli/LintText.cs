using System.Globalization;
using Meduza.Gateway.Lint;

namespace Meduza.Init.Cli;

/// <summary>What lint says, for people.</summary>
internal static class LintText
{
    public static void Print(Session session, LintReport report)
    {
        foreach (var finding in report.Findings)
        {
            var kind = finding.IsError ? Tones.Paint("error", Tone.Bad, session.Colour) : Tones.Paint("warning", Tone.Pending, session.Colour);
            session.Output.WriteLine($"{kind} {Tones.Clean(finding.ToString())}");
            foreach (var other in finding.Keys.Skip(1))
                session.Output.WriteLine(Tones.Paint($"      also {Tones.Clean(other)}", Tone.Faint, session.Colour));
        }
        var errors = report.Findings.Count(finding => finding.IsError);
        session.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{report.Nodes.Length} nodes, {errors} errors, {report.Findings.Length - errors} warnings"));
    }
}
