using System.Collections.Immutable;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

/// <summary>
/// What was read of other nodes. It counts as long as a node has the same keys: of a fleet of a thousand a commit changes
/// one. What comes out is the same with it and without; for one thread at a time.
/// </summary>
public sealed class FleetMemory
{
    private readonly Dictionary<string, KnownNode> _nodes = new(StringComparer.Ordinal);
    private readonly Derivation?[] _derived = new Derivation?[Enum.GetValues<NodePart>().Length];
    private int _turn;

    /// <summary>Begins to ask for each node that there is now.</summary>
    internal void Begin() => _turn++;

    /// <summary>What is known of a node.</summary>
    /// <param name="id">Its name as the keys have it.</param>
    /// <param name="keys">All of its keys, as they are now.</param>
    internal KnownNode Node(string id, KeyBlock keys)
    {
        if (!_nodes.TryGetValue(id, out var node) || !node.TryMeet(keys))
            _nodes[id] = node = new(id, keys);
        node.Turn = _turn;
        return node;
    }

    /// <summary>What is made of a part of all nodes: as long as each of them was read as before it is the same object.</summary>
    /// <param name="part">Which.</param>
    /// <param name="readings">That part of each node, in order.</param>
    /// <param name="given">What else the result depends on.</param>
    /// <param name="found">Takes what is wrong, each time.</param>
    /// <param name="derive">Makes it, and reports what is wrong.</param>
    internal T Derive<T>(NodePart part, ImmutableArray<KnownNode.Reading> readings, object given, Findings found, Func<Findings, T> derive) where T : notnull
    {
        if (_derived[(int)part] is not { } known || !known.IsOf(readings, given))
        {
            var wrong = new Findings();
            _derived[(int)part] = known = new(readings, given, derive(wrong), wrong);
        }
        found.Add(known.Found);
        return (T)known.Value;
    }

    private sealed record Derivation(ImmutableArray<KnownNode.Reading> Readings, object Given, object Value, Findings Found)
    {
        public bool IsOf(ImmutableArray<KnownNode.Reading> readings, object given) =>
            Given.Equals(given) && Readings.AsSpan().SequenceEqual(readings.AsSpan(), ReferenceEqualityComparer.Instance);
    }

    /// <summary>Forgets those that were not asked for.</summary>
    internal void End()
    {
        foreach (var (id, node) in _nodes)
        {
            if (node.Turn != _turn)
                _nodes.Remove(id);
        }
    }
}

/// <summary>What is read of another node, as far as this one has a use for it.</summary>
internal enum NodePart
{
    PrivateLans,
    TincHost,
    BgpSpeaker,
}

/// <summary>One of the fleet's nodes, and what was read of it.</summary>
internal sealed class KnownNode
{
    private readonly Reading?[] _readings = new Reading?[Enum.GetValues<NodePart>().Length];
    private KeyBlock _keys;

    public KnownNode(string id, KeyBlock keys)
    {
        _keys = keys;
        Name = InstanceName.TryParse(id, out var name) ? name : null;
    }

    /// <summary>Null for what is no node's name.</summary>
    public InstanceName? Name { get; }

    public int Turn { get; set; }

    /// <summary>True for keys that say the same; they take the place of the earlier ones, so that those can go.</summary>
    public bool TryMeet(KeyBlock keys)
    {
        if (!_keys.HasSameKeys(keys))
            return false;
        _keys = keys;
        return true;
    }

    /// <summary>A part of it, read or remembered.</summary>
    /// <param name="part">Which.</param>
    /// <param name="given">What else the reading depends on.</param>
    /// <param name="read">Reads it, and reports what is wrong.</param>
    public Reading Read(NodePart part, object given, Func<Findings, object?> read)
    {
        if (_readings[(int)part] is { } known && known.Given.Equals(given))
            return known;
        var found = new Findings();
        return _readings[(int)part] = new(read(found), found, given);
    }

    /// <param name="Value">Null where there is nothing, or nothing that can be read.</param>
    /// <param name="Found">What is wrong.</param>
    /// <param name="Given">What else was read with.</param>
    public sealed record Reading(object? Value, Findings Found, object Given);
}
