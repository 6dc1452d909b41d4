using System.Collections.Immutable;
using Meduza.Gateway.Model.Keys;

namespace Meduza.Gateway.Model;

/// <summary>
/// What was read of other nodes. It counts as long as a node has the same keys: of a fleet of a thousand a commit changes
/// one. What comes out is the same with it and without; for one thread at a time.
/// </summary>
public sealed class FleetMemory
{
    private readonly Derivation?[] _derived = new Derivation?[(int)NodePart.Last + 1];
    private ImmutableArray<KnownNode> _nodes = [];

    /// <summary>The nodes that there are now but for one, sorted by name; as long as none of them changes this is the same array.</summary>
    internal ImmutableArray<KnownNode> Meet(KeySpace keys, string except)
    {
        List<KnownNode> met = new(_nodes.Length + 1);
        var at = 0;
        foreach (var block in keys.OfNodes())
        {
            if (block.Node.SequenceEqual(except))
                continue;
            // Both are sorted: what lies before is gone.
            while (at < _nodes.Length && string.CompareOrdinal(_nodes[at].Prefix, block.Name) < 0)
                at++;
            met.Add(at < _nodes.Length && _nodes[at].TryMeet(block) ? _nodes[at] : new KnownNode(block));
        }
        return AreSame(met, _nodes) ? _nodes : _nodes = [.. met];
    }

    /// <summary>What is made of a part of all nodes: as long as each is read as before it is the same object.</summary>
    /// <param name="part">Which.</param>
    /// <param name="nodes">The nodes.</param>
    /// <param name="given">What else the reading of a node depends on.</param>
    /// <param name="read">Reads that part of one node, and reports what is wrong.</param>
    /// <param name="all">What else the result depends on.</param>
    /// <param name="found">Takes what is wrong, each time.</param>
    /// <param name="derive">Makes the result of what was read, in the order of the nodes, and reports what is wrong.</param>
    internal T Derive<T>(
        NodePart part, ImmutableArray<KnownNode> nodes, object given, Func<KnownNode, KeyReader, object?> read,
        object all, Findings found, Func<ImmutableArray<KnownNode.Reading>, Findings, T> derive) where T : notnull
    {
        var known = _derived[(int)part];
        if (known is null || known.Nodes != nodes || !known.Given.Equals(given) || !known.All.Equals(all))
        {
            ImmutableArray<KnownNode.Reading> readings = [.. nodes.Select(node => node.Read(part, given, read))];
            if (known is not null && known.All.Equals(all) && AreSame(readings, known.Readings))
            {
                known = known with { Nodes = nodes, Given = given };
            }
            else
            {
                var wrong = new Findings();
                known = new(nodes, given, all, readings, derive(readings, wrong), wrong);
            }
            _derived[(int)part] = known;
        }
        found.Add(known.Found);
        return (T)known.Value;
    }

    private static bool AreSame<T>(IReadOnlyList<T> some, ImmutableArray<T> others) where T : class
    {
        if (some.Count != others.Length)
            return false;
        for (var at = 0; at < others.Length; at++)
        {
            if (!ReferenceEquals(some[at], others[at]))
                return false;
        }
        return true;
    }

    private sealed record Derivation(
        ImmutableArray<KnownNode> Nodes, object Given, object All, ImmutableArray<KnownNode.Reading> Readings, object Value, Findings Found);
}
