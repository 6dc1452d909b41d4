using System.Collections.Immutable;
using Meduza.Gateway.Model.Keys;

namespace Meduza.Init.Cli;

/// <summary>The schema of the keys, for programs.</summary>
/// <param name="Keys">Every key, in the order of the documentation.</param>
internal sealed record SchemaDocument(ImmutableArray<SchemaKey> Keys)
{
    public static SchemaDocument Of(IEnumerable<KeySpec> specs) => new([.. specs.Select(SchemaKey.Of)]);
}

/// <summary>One key of the schema.</summary>
/// <param name="Pattern">The full key, with <c>&lt;PLACEHOLDER&gt;</c> for each part that is a name; <c>&lt;REST&gt;</c> for all that follows.</param>
/// <param name="Kind">The kind of value, in a word or two; null where the key has none.</param>
/// <param name="Expected">What a value must look like, in words; null where the key has none.</param>
/// <param name="Default">What a key that is not there means, in words; null where it means nothing.</param>
/// <param name="List">True when a value is a list, one item a line.</param>
/// <param name="Secret">True when a value must never be shown.</param>
/// <param name="Access"><c>read</c> by the gateways, <c>written</c> by them, <c>refused</c>, or <c>undriven</c>: known, and without effect in this version.</param>
/// <param name="Component">The part of the gateway that it is about.</param>
/// <param name="Description">What it means, in one sentence.</param>
internal sealed record SchemaKey(
    string Pattern, string? Kind, string? Expected, string? Default, bool List, bool Secret, string Access, string Component, string Description)
{
    public static SchemaKey Of(KeySpec spec) => new(
        spec.Template, Given(spec.KindName), Given(spec.Expected), spec.Default, spec.IsList, spec.IsSecret, AccessOf(spec), spec.Component, spec.About);

    private static string? Given(string text) => text.Length > 0 ? text : null;

    private static string AccessOf(KeySpec spec) => spec switch
    {
        RefusedKey => "refused",
        { IsUndriven: true } => "undriven",
        WrittenKey => "written",
        _ => "read",
    };
}
