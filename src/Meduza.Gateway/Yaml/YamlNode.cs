using System.Collections.Immutable;

namespace Meduza.Gateway.Yaml;

/// <summary>
/// A part of a YAML document: a scalar, a sequence or a map; immutable. There are no aliases and no merge keys in it:
/// reading has resolved them, so the same part may stand in many places.
/// </summary>
public abstract class YamlNode
{
    private protected YamlNode(YamlSize size) => Size = size;

    /// <summary>What it is when written out.</summary>
    public YamlSize Size { get; }

    /// <summary>True when both read as the same: same shape, same order, same types, same texts.</summary>
    public abstract bool SameAs(YamlNode? other);
}

/// <summary>
/// The size of a part when written out, where what is shared counts each time. Kept with every part, since a short text
/// can stand for a document without end (an alias of aliases of aliases).
/// </summary>
/// <param name="Nodes">Scalars, sequences and maps, itself included.</param>
/// <param name="Characters">Of all scalars.</param>
/// <param name="Depth">1 for a scalar or an empty collection, and 1 more for each collection around it.</param>
public readonly record struct YamlSize(int Nodes, int Characters, int Depth)
{
    // Sums stop at the largest number, which is beyond every limit.
    internal YamlSize Around(YamlSize part) => new(Sum(Nodes, part.Nodes), Sum(Characters, part.Characters), Math.Max(Depth, Sum(part.Depth, 1)));

    private static int Sum(int one, int other) => (int)Math.Min(int.MaxValue, (long)one + other);
}

/// <summary>Parts in an order.</summary>
public sealed class YamlSequence : YamlNode
{
    public YamlSequence(ImmutableArray<YamlNode> items) : base(SizeOf(items)) => Items = items;

    public static YamlSequence Empty { get; } = new([]);

    public ImmutableArray<YamlNode> Items { get; }

    public override bool SameAs(YamlNode? other)
    {
        if (other is not YamlSequence sequence || sequence.Items.Length != Items.Length)
            return false;
        for (var i = 0; i < Items.Length; i++)
        {
            if (!Items[i].SameAs(sequence.Items[i]))
                return false;
        }
        return true;
    }

    private static YamlSize SizeOf(ImmutableArray<YamlNode> items)
    {
        var size = new YamlSize(1, 0, 1);
        foreach (var item in items)
            size = size.Around(item.Size);
        return size;
    }
}
