using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.OpenVpn;

/// <summary>A directive that may be set by a key of its own, and what its arguments look like.</summary>
/// <param name="Name">As OpenVPN spells it, with <c>-</c>.</param>
/// <param name="Required">Arguments that must be there.</param>
/// <param name="Optional">Arguments that may follow.</param>
internal sealed record DirectiveShape(string Name, ImmutableArray<DirectiveArgument> Required, ImmutableArray<DirectiveArgument> Optional)
{
    /// <summary>True when each line of the value is a directive of its own.</summary>
    public bool Repeats { get; init; }

    /// <summary>The key's name: <c>-</c> is written as <c>_</c>.</summary>
    public string KeyName => Name.Replace('-', '_');

    internal static string TooLong => $"openvpn reads lines of at most {DirectiveText.LongestLine} bytes, and this one would be longer";

    private bool TakesNothing => Required.IsEmpty && Optional.IsEmpty;

    /// <summary>The kind of its key's value: for a directive without arguments a flag, otherwise the arguments.</summary>
    public ValueKind<ImmutableArray<OpenVpnDirective>> Kind => new(
        TakesNothing ? "flag" : Usage, TakesNothing ? Kinds.Flag.Expected : Expected, Repeats ? ValueLayout.Lines : ValueLayout.Line, Read)
    { IsList = Repeats };

    private string Usage => string.Join(' ', [.. Required.Select(a => $"<{a.Expected}>"), .. Optional.Select(a => $"[{a.Expected}]")]);

    private string Expected => Required.IsEmpty && Optional.Length == 1
        ? $"true, or {Optional[0].Expected}"
        : $"{(Repeats ? "one item a line, each " : "")}{Usage}";

    private Reading<ImmutableArray<OpenVpnDirective>> Read(string text)
    {
        // A directive that can stand alone is switched like a flag.
        if (Required.IsEmpty && Kinds.Flag.Read(text) is { Ok: true } flag && !(Optional.Length > 0 && Optional[0].Accepts(text)))
            return Reading.Of<ImmutableArray<OpenVpnDirective>>(flag.Value ? [new OpenVpnDirective(Name, [])] : []);
        if (TakesNothing)
            return Reading.Bad<ImmutableArray<OpenVpnDirective>>();
        List<OpenVpnDirective> directives = [];
        foreach (var line in Repeats ? Lines.Items(text) : [text])
        {
            if (DirectiveText.Split(line, out var words) is { } problem)
                return Reading.Bad<ImmutableArray<OpenVpnDirective>>(problem);
            if (words.Count < Required.Length || words.Count > Required.Length + Optional.Length)
                return Reading.Bad<ImmutableArray<OpenVpnDirective>>($"{words.Count} arguments");
            for (var i = 0; i < words.Count; i++)
            {
                var argument = i < Required.Length ? Required[i] : Optional[i - Required.Length];
                if (!argument.Accepts(words[i]))
                    return Reading.Bad<ImmutableArray<OpenVpnDirective>>($"argument {i + 1} is not {argument.Expected}");
            }
            if (!DirectiveText.Fits(DirectiveText.Line(Name, words)))
                return Reading.Bad<ImmutableArray<OpenVpnDirective>>(TooLong);
            var directive = new OpenVpnDirective(Name, [.. words]);
            if (!directives.Contains(directive))
                directives.Add(directive);
        }
        return Reading.Of<ImmutableArray<OpenVpnDirective>>([.. directives]);
    }
}
