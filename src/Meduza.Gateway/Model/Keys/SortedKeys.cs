namespace Meduza.Gateway.Model.Keys;

/// <summary>The keys of a snapshot laid out for finding all that lie below a prefix: sorted, they lie together.</summary>
internal sealed class SortedKeys
{
    private readonly Snapshot _snapshot;
    private readonly KeyValuePair<string, ReadOnlyMemory<byte>>[] _pairs;

    public SortedKeys(Snapshot snapshot)
    {
        _snapshot = snapshot;
        _pairs = [.. snapshot.Keys];
        // Whatever comparer the snapshot was made with: the search below needs this order.
        if (!IsSorted())
            Array.Sort(_pairs, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
    }

    public bool TryGet(string key, out ReadOnlyMemory<byte> value) => _snapshot.Keys.TryGetValue(key, out value);

    /// <summary>The keys that begin with <paramref name="prefix"/>, sorted.</summary>
    public IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> Below(string prefix)
    {
        for (var i = FirstNotBefore(prefix); i < _pairs.Length && _pairs[i].Key.StartsWith(prefix, StringComparison.Ordinal); i++)
            yield return _pairs[i];
    }

    /// <summary>The names that directly follow <paramref name="prefix"/> and are followed by a slash, each once, sorted.</summary>
    public IEnumerable<string> NamesBelow(string prefix) => GroupsBelow(prefix).Select(group => group.Name);

    /// <summary>The same, each with all keys below it.</summary>
    public IEnumerable<KeyGroup> GroupsBelow(string prefix)
    {
        for (var i = FirstNotBefore(prefix); i < _pairs.Length && _pairs[i].Key.StartsWith(prefix, StringComparison.Ordinal);)
        {
            var key = _pairs[i].Key;
            var slash = key.IndexOf('/', prefix.Length);
            if (slash < 0)
            {
                i++;
                continue;
            }
            var first = i;
            while (i < _pairs.Length && _pairs[i].Key.AsSpan().StartsWith(key.AsSpan(0, slash + 1)))
                i++;
            yield return new(key[prefix.Length..slash], _pairs.AsMemory(first..i));
        }
    }

    // As a snapshot from etcd always is.
    private bool IsSorted()
    {
        for (var i = 1; i < _pairs.Length; i++)
        {
            if (string.CompareOrdinal(_pairs[i - 1].Key, _pairs[i].Key) > 0)
                return false;
        }
        return true;
    }

    private int FirstNotBefore(string key)
    {
        var (low, high) = (0, _pairs.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (string.CompareOrdinal(_pairs[middle].Key, key) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}

/// <summary>The keys below one name.</summary>
internal sealed record KeyGroup(string Name, ReadOnlyMemory<KeyValuePair<string, ReadOnlyMemory<byte>>> Keys);
