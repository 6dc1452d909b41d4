namespace Meduza.Gateway.Model;

/// <summary>Keys of a <see cref="KeySpace"/> that lie together, sorted ordinally.</summary>
internal sealed class KeyBlock
{
    private readonly KeyValuePair<string, ReadOnlyMemory<byte>>[] _pairs;

    /// <param name="name">What all of them begin with.</param>
    /// <param name="pairs">In any order.</param>
    public KeyBlock(string name, IReadOnlyCollection<KeyValuePair<string, ReadOnlyMemory<byte>>> pairs)
    {
        Name = name;
        _pairs = [.. pairs];
        Array.Sort(_pairs, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
    }

    public string Name { get; }

    /// <summary>Whose keys they are, where they are a node's.</summary>
    public ReadOnlySpan<char> Node => Name.AsSpan(KeySpace.Nodes.Length..^1);

    public int Count => _pairs.Length;

    public bool TryGetValue(string key, out ReadOnlyMemory<byte> value)
    {
        var at = FirstNotBefore(key);
        var isThere = at < _pairs.Length && _pairs[at].Key == key;
        value = isThere ? _pairs[at].Value : default;
        return isThere;
    }

    /// <summary>The keys that begin with <paramref name="prefix"/>, sorted.</summary>
    public IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> Below(string prefix)
    {
        for (var at = FirstNotBefore(prefix); at < _pairs.Length && _pairs[at].Key.StartsWith(prefix, StringComparison.Ordinal); at++)
            yield return _pairs[at];
    }

    /// <summary>True where both have the same keys with the same values.</summary>
    public bool HasSameKeys(KeyBlock other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (Name != other.Name || _pairs.Length != other._pairs.Length)
            return false;
        for (var at = 0; at < _pairs.Length; at++)
        {
            if (_pairs[at].Key != other._pairs[at].Key || !_pairs[at].Value.Span.SequenceEqual(other._pairs[at].Value.Span))
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
