using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Meduza.Gateway.Model;

/// <summary>
/// Keys and their values, sorted ordinally, immutable. They lie in blocks: all keys of a node are one, all that begin with
/// <c>/global/</c> another. What is made of another key space by a change shares every block that the change does not touch,
/// so whoever compares two of them compares what has changed, and not a fleet.
/// </summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "etcd's own word for it")]
public sealed class KeySpace : IReadOnlyCollection<KeyValuePair<string, ReadOnlyMemory<byte>>>
{
    /// <summary>Below it each name has a block of its own.</summary>
    internal const string Nodes = "/nodes/";

    /// <summary>By name. A block's keys are all those that begin with its name, so the blocks' order is that of their keys.</summary>
    private readonly ImmutableSortedDictionary<string, KeyBlock> _blocks;

    private KeySpace(ImmutableSortedDictionary<string, KeyBlock> blocks, int count) => (_blocks, Count) = (blocks, count);

    /// <summary>No key at all.</summary>
    public static KeySpace Empty { get; } = new(ImmutableSortedDictionary.Create<string, KeyBlock>(StringComparer.Ordinal), 0);

    public int Count { get; }

    public bool IsEmpty => Count == 0;

    /// <summary>The keys, sorted.</summary>
    public IEnumerable<string> Keys => this.Select(pair => pair.Key);

    /// <exception cref="KeyNotFoundException">There is no such key.</exception>
    public ReadOnlyMemory<byte> this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException(key);

    /// <summary>These pairs; of two with the same key the later one.</summary>
    public static KeySpace Of(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> pairs) => Empty.SetItems(pairs);

    public bool TryGetValue(string key, out ReadOnlyMemory<byte> value)
    {
        value = default;
        return _blocks.TryGetValue(BlockOf(key), out var block) && block.TryGetValue(key, out value);
    }

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <summary>True where both have the same keys with the same values.</summary>
    public bool HasSameKeys(KeySpace other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Count == other.Count && _blocks.Count == other._blocks.Count && _blocks.Values.Zip(other._blocks.Values).All(pair => pair.First.HasSameKeys(pair.Second));
    }

    public KeySpace SetItem(string key, ReadOnlyMemory<byte> value) => SetItems([KeyValuePair.Create(key, value)]);

    public KeySpace SetItems(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var builder = ToBuilder();
        foreach (var (key, value) in pairs)
            builder[key] = value;
        return builder.ToImmutable();
    }

    public KeySpace Remove(string key) => RemoveRange([key]);

    public KeySpace RemoveRange(IEnumerable<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var builder = ToBuilder();
        foreach (var key in keys)
            builder.Remove(key);
        return builder.ToImmutable();
    }

    public Builder ToBuilder() => new(_blocks);

    /// <summary>The keys that begin with <paramref name="prefix"/>, sorted.</summary>
    public IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> Below(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (HasBlock(prefix, out var name))
            return _blocks.TryGetValue(name, out var block) ? block.Below(prefix) : [];
        return _blocks.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).SelectMany(pair => pair.Value.Below(prefix));
    }

    /// <summary>The names that directly follow <paramref name="prefix"/> and are followed by a slash, each once, sorted.</summary>
    public IEnumerable<string> NamesBelow(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        string? last = null;
        foreach (var (key, _) in Below(prefix))
        {
            var slash = key.IndexOf('/', prefix.Length);
            if (slash < 0 || (last is not null && key.AsSpan(prefix.Length, slash - prefix.Length).SequenceEqual(last)))
                continue;
            yield return last = key[prefix.Length..slash];
        }
    }

    /// <summary>One block's keys alone.</summary>
    internal static KeySpace Of(KeyBlock block) => new(Empty._blocks.Add(block.Name, block), block.Count);

    /// <summary>The keys of each node, sorted by the nodes' names.</summary>
    internal IEnumerable<KeyBlock> OfNodes()
    {
        foreach (var (name, block) in _blocks)
        {
            if (name.Length > Nodes.Length && name[^1] == '/' && name.StartsWith(Nodes, StringComparison.Ordinal))
                yield return block;
        }
    }

    public IEnumerator<KeyValuePair<string, ReadOnlyMemory<byte>>> GetEnumerator() => _blocks.SelectMany(block => block.Value.Below("")).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The block that a key lies in; it begins with that block's name, which is the key itself where it shares none.</summary>
    private static string BlockOf(string key) => HasBlock(key, out var name) ? name : key;

    /// <summary>True where all keys that begin with a text lie in one block.</summary>
    private static bool HasBlock(string text, [NotNullWhen(true)] out string? name)
    {
        var slash = text.Length < 2 ? -1 : text.IndexOf('/', text.StartsWith(Nodes, StringComparison.Ordinal) ? Nodes.Length : 1);
        name = slash < 0 ? null : text.Length == slash + 1 ? text : text[..(slash + 1)];
        return name is not null;
    }

    /// <summary>Collects changes to a key space.</summary>
    public sealed class Builder
    {
        private readonly ImmutableSortedDictionary<string, KeyBlock>.Builder _blocks;
        private readonly Dictionary<string, Dictionary<string, ReadOnlyMemory<byte>>> _open = new(StringComparer.Ordinal);

        internal Builder(ImmutableSortedDictionary<string, KeyBlock> blocks) => _blocks = blocks.ToBuilder();

        public ReadOnlyMemory<byte> this[string key]
        {
            set => Open(BlockOf(key))[key] = value;
        }

        public void Remove(string key) => Open(BlockOf(key)).Remove(key);

        /// <returns>False where the key is there already; it keeps its value.</returns>
        public bool TryAdd(string key, ReadOnlyMemory<byte> value) => Open(BlockOf(key)).TryAdd(key, value);

        public KeySpace ToImmutable()
        {
            foreach (var (name, pairs) in _open)
            {
                if (pairs.Count == 0)
                    _blocks.Remove(name);
                else
                    _blocks[name] = new KeyBlock(name, pairs);
            }
            _open.Clear();
            var count = 0;
            foreach (var (_, block) in _blocks)
                count += block.Count;
            return count == 0 ? Empty : new(_blocks.ToImmutable(), count);
        }

        private Dictionary<string, ReadOnlyMemory<byte>> Open(string name)
        {
            if (_open.TryGetValue(name, out var pairs))
                return pairs;
            pairs = _blocks.TryGetValue(name, out var block) ? new(block.Below(""), StringComparer.Ordinal) : new(StringComparer.Ordinal);
            return _open[name] = pairs;
        }
    }
}
