using System.Text;

namespace Meduza.Init.Cli.Plans;

/// <summary>A plan as an operator reads it: what is lost first, what is changed after it, a file's difference last.</summary>
internal static class PlanText
{
    /// <param name="act">What would do that, as the beginning of a sentence.</param>
    public static string Of(PlanDocument plan, bool colour, string act = "a commit")
    {
        var text = new StringBuilder();
        foreach (var error in plan.Errors)
            Line(Tone.Bad, "error", $"{error.Key}: {error.Message}");
        foreach (var warning in plan.Warnings)
            Line(Tone.Pending, "warning", $"{warning.Key}: {warning.Message}");
        if (!plan.Errors.IsEmpty)
        {
            text.Append($"{act} would be rejected here: nothing would change\n");
            return text.ToString();
        }
        foreach (var neighbor in plan.BgpResets)
            Line(Tone.Bad, "reset", $"BGP session with {neighbor}");
        foreach (var service in plan.Services)
            Line(service.Action is "start" or "reload" or "recheck" ? Tone.Good : Tone.Bad, service.Action, service.Name);
        foreach (var device in plan.Devices)
            Line(Tone.Pending, "device", $"{device.Name}: {device.Action}");
        foreach (var rules in plan.PacketRules)
            Line(Tone.Pending, "rules", rules);
        if (plan.HealthPort is { } port)
            Line(Tone.Pending, "probes", port);
        foreach (var daemon in plan.Routing)
        {
            Line(Tone.Pending, "tell", daemon.Daemon);
            foreach (var command in daemon.Commands)
                text.Append(' ', 10).Append(Tones.Paint(Tones.Clean(command), Tone.Faint, colour)).Append('\n');
        }
        foreach (var file in plan.Files)
        {
            Line(file.Action == "delete" ? Tone.Bad : Tone.Pending, file.Action, file.Secret ? $"{file.Path} (its content is not shown)" : file.Path);
            if (file.Diff is { } diff)
                Difference(diff);
        }
        text.Append(plan.IsEmpty ? $"{act} would change nothing here\n" : $"{act} would touch {string.Join(", ", plan.Components)}\n");
        return text.ToString();

        void Line(Tone tone, string what, string which) =>
            text.Append(Tones.Paint(what, tone, colour)).Append(' ', Math.Max(1, 9 - what.Length)).Append(Tones.Clean(which)).Append('\n');

        void Difference(string diff)
        {
            foreach (var line in diff.TrimEnd('\n').Split('\n'))
            {
                var tone = line switch
                {
                    ['+', ..] => Tone.Good,
                    ['-', ..] => Tone.Bad,
                    _ => Tone.Faint,
                };
                text.Append(' ', 4).Append(Tones.Paint(Tones.Clean(line.TrimEnd('\r')), tone, colour)).Append('\n');
            }
        }
    }
}
