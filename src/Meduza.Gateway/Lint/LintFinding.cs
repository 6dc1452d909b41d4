using System.Collections.Immutable;

namespace Meduza.Gateway.Lint;

/// <summary>Something that is wrong, or odd, about the keys of a fleet.</summary>
/// <param name="Keys">The full keys that it is about, the one to look at first in front; at least one.</param>
/// <param name="Message">What is wrong, and what to do; never a secret's value.</param>
/// <param name="IsError">True when a node would reject it, or when what the keys ask for cannot work.</param>
public sealed record LintFinding(ImmutableArray<string> Keys, string Message, bool IsError)
{
    internal static LintFinding Error(string message, params ReadOnlySpan<string> keys) => new([.. keys], message, true);

    internal static LintFinding Warning(string message, params ReadOnlySpan<string> keys) => new([.. keys], message, false);

    public override string ToString() => $"{Keys[0]}: {Message}";
}
