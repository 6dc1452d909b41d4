using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

/// <summary>What is read of another node, as far as this one has a use for it.</summary>
internal enum NodePart
{
    PrivateLans,
    TincHost,
    BgpSpeaker,
    Last = BgpSpeaker,
}

/// <summary>One of the fleet's nodes, and what was read of it.</summary>
internal sealed class KnownNode
{
    private readonly Reading?[] _readings = new Reading?[(int)NodePart.Last + 1];
    private KeyBlock _keys;

    public KnownNode(KeyBlock keys)
    {
        _keys = keys;
        Id = keys.Node.ToString();
        Name = InstanceName.TryParse(Id, out var name) ? name : null;
    }

    /// <summary>Its name as the keys have it.</summary>
    public string Id { get; }

    /// <summary>Null for what is no node's name.</summary>
    public InstanceName? Name { get; }

    /// <summary>What all of its keys begin with.</summary>
    public string Prefix => _keys.Name;

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
    public Reading Read(NodePart part, object given, Func<KnownNode, KeyReader, object?> read)
    {
        if (_readings[(int)part] is { } known && known.Given.Equals(given))
            return known;
        var found = new Findings();
        return _readings[(int)part] = new(this, read(this, new(KeySpace.Of(_keys), Prefix, found, [])), found, given);
    }

    /// <param name="Node">Of whom.</param>
    /// <param name="Value">Null where there is nothing, or nothing that can be read.</param>
    /// <param name="Found">What is wrong.</param>
    /// <param name="Given">What else was read with.</param>
    public sealed record Reading(KnownNode Node, object? Value, Findings Found, object Given);
}
