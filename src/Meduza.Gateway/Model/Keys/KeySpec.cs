using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.Keys;

/// <summary>
/// One key of the schema. All of them are listed in <see cref="KeyTable"/>: what parses, what documents and what knows a
/// mistyped key from a right one reads the same list.
/// </summary>
/// <param name="Template">
/// The full key, with <c>&lt;PLACEHOLDER&gt;</c> for each part that is a name: <c>/nodes/&lt;ID&gt;/tinc/port</c>.
/// </param>
/// <param name="About">What it means, in one sentence.</param>
public abstract record KeySpec(string Template, string About)
{
    /// <summary>The value's kind, in a word or two.</summary>
    public abstract string KindName { get; }

    /// <summary>What a value must look like, in words.</summary>
    public abstract string Expected { get; }

    /// <summary>True when a value is a list, one item a line.</summary>
    public virtual bool IsList => false;

    /// <summary>The part of the gateway that it is about: <c>fleet</c>, <c>node</c>, <c>bgp</c>, <c>openvpn</c>, <c>status</c>, ….</summary>
    public string Component => Template.Split('/') switch
    {
        ["", "global", var part, _, ..] => part,
        ["", "nodes", _, "portforward"] => "portforward",
        ["", "nodes", _, var part, _, ..] => part,
        ["", "nodes", ..] => "node",
        ["", "updated", ..] => "status",
        ["", "dns", ..] => "hosts",
        _ => "fleet",
    };

    /// <summary>What a key that is not there means, in words; null where it means nothing at all.</summary>
    public string? Default { get; init; }

    /// <summary>True when the value must never be shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>True for a key of a part that this version reads but does not drive.</summary>
    public bool IsUndriven { get; init; }

    /// <summary>True for a node's key that the other nodes read too: never a secret.</summary>
    public bool IsForOthers { get; init; }

    /// <summary>Reports what is wrong with a value that no part in use reads.</summary>
    internal virtual void Check(KeyReader reader, string key, ReadOnlySpan<byte> value) { }
}

/// <summary>A key whose value is read as a <typeparamref name="T"/>.</summary>
public sealed record Key<T>(string Template, ValueKind<T> Kind, string About) : KeySpec(Template, About)
{
    public override string KindName => Kind.Name;

    public override string Expected => Kind.Expected;

    public override bool IsList => Kind.IsList;

    /// <summary>What follows the last placeholder and its slash, or the whole key: the name relative to its owner.</summary>
    internal string Name { get; } = RelativeName(Template);

    internal override void Check(KeyReader reader, string key, ReadOnlySpan<byte> value) => reader.TryRead(key, value, this, out _);

    private static string RelativeName(string template)
    {
        var end = template.LastIndexOf(">/", StringComparison.Ordinal);
        return end < 0 ? template : template[(end + 2)..];
    }
}

/// <summary>A key that is known by name only, since what would read it is not part of this version.</summary>
public sealed record UndrivenKey(string Template, string About) : KeySpec(Template, About)
{
    public override string KindName => "";

    public override string Expected => "";
}
