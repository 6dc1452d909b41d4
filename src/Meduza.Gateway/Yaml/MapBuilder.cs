using System.Collections.Immutable;

namespace Meduza.Gateway.Yaml;

/// <summary>
/// Makes a map of keys and values in turn. A merge key brings in the entries of one map, or of several, of which the
/// first one that has a key wins; a key of the map itself wins over all of them. What is brought in stands where the
/// merge key stood.
/// </summary>
internal sealed class MapBuilder
{
    /// <summary>Stands for <c>&lt;&lt;</c> while a map is read.</summary>
    public static YamlScalar MergeKey { get; } = YamlScalar.Of("<<");

    // From this size on a set is faster than comparing each with each.
    private const int Many = 12;

    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private ImmutableArray<YamlEntry>.Builder _entries = ImmutableArray.CreateBuilder<YamlEntry>();
    private bool _many;
    private int _mergeAt;
    private YamlNode? _merged;

    /// <param name="count">How many entries will be added.</param>
    public void Begin(int count)
    {
        _entries = ImmutableArray.CreateBuilder<YamlEntry>(count);
        _many = count > Many;
        _texts.Clear();
        _merged = null;
    }

    /// <summary>Adds an entry; what is wrong with it is returned.</summary>
    public string? Add(YamlNode key, YamlNode value)
    {
        if (ReferenceEquals(key, MergeKey))
            return AddMerge(value);
        if (key is not YamlScalar scalar)
            return "a list or a map cannot be a key";
        if (Has(scalar.Text))
            return "this key is in the map already";
        if (_many)
            _texts.Add(scalar.Text);
        _entries.Add(new YamlEntry(scalar, value));
        return null;
    }

    public YamlMap Build()
    {
        if (_merged is null)
            return new YamlMap(_entries.Count == _entries.Capacity ? _entries.MoveToImmutable() : _entries.ToImmutable());
        _texts.Clear();
        foreach (var entry in _entries)
            _texts.Add(entry.Key.Text);
        var merged = ImmutableArray.CreateBuilder<YamlEntry>();
        foreach (var source in _merged is YamlSequence list ? list.Items : [_merged])
        {
            foreach (var entry in ((YamlMap)source).Entries)
            {
                if (_texts.Add(entry.Key.Text))
                    merged.Add(entry);
            }
        }
        return new YamlMap(_entries.ToImmutable().InsertRange(_mergeAt, merged));
    }

    private string? AddMerge(YamlNode value)
    {
        if (_merged is not null)
            return "this key is in the map already";
        if (value is not YamlMap && !(value is YamlSequence list && list.Items.All(item => item is YamlMap)))
            return "<< takes a map, or a list of maps";
        (_mergeAt, _merged) = (_entries.Count, value);
        return null;
    }

    private bool Has(string text)
    {
        if (_many)
            return _texts.Contains(text);
        foreach (var entry in _entries)
        {
            if (entry.Key.Text == text)
                return true;
        }
        return false;
    }
}
