using System.Collections.Immutable;

namespace Meduza.Gateway.Yaml;

/// <summary>A key of a map with its value.</summary>
public readonly record struct YamlEntry(YamlScalar Key, YamlNode Value);

/// <summary>Values by key, in an order. No two keys have the same text: go-yaml takes such keys for one, whatever their types.</summary>
public sealed class YamlMap : YamlNode
{
    /// <param name="entries">Whoever gives them has seen to it that keys are there once.</param>
    internal YamlMap(ImmutableArray<YamlEntry> entries) : base(SizeOf(entries)) => Entries = entries;

    public static YamlMap Empty { get; } = new([]);

    public ImmutableArray<YamlEntry> Entries { get; }

    /// <summary>The value of a key; null where there is none.</summary>
    public YamlNode? this[string key] => IndexOf(key) is >= 0 and var index ? Entries[index].Value : null;

    /// <summary>The map with a value set: where the key stands already, or at the end.</summary>
    public YamlMap With(string key, YamlNode value)
    {
        var index = IndexOf(key);
        return new YamlMap(index < 0
            ? Entries.Add(new YamlEntry(YamlScalar.Of(key), value))
            : Entries.SetItem(index, new YamlEntry(Entries[index].Key, value)));
    }

    public YamlMap Without(string key) => IndexOf(key) is >= 0 and var index ? new YamlMap(Entries.RemoveAt(index)) : this;

    public override bool SameAs(YamlNode? other)
    {
        if (other is not YamlMap map || map.Entries.Length != Entries.Length)
            return false;
        for (var i = 0; i < Entries.Length; i++)
        {
            if (!Entries[i].Key.SameAs(map.Entries[i].Key) || !Entries[i].Value.SameAs(map.Entries[i].Value))
                return false;
        }
        return true;
    }

    private int IndexOf(string key)
    {
        for (var i = 0; i < Entries.Length; i++)
        {
            if (Entries[i].Key.Text == key)
                return i;
        }
        return -1;
    }

    private static YamlSize SizeOf(ImmutableArray<YamlEntry> entries)
    {
        var size = new YamlSize(1, 0, 1);
        foreach (var entry in entries)
            size = size.Around(entry.Key.Size).Around(entry.Value.Size);
        return size;
    }
}
