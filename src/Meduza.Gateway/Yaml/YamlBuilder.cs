using System.Runtime.InteropServices;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Meduza.Gateway.Yaml;

/// <summary>
/// Makes a document of the parser's events. The parser keeps its place on a stack of its own and so does this: nothing
/// here calls itself, however deep a document goes.
/// </summary>
internal sealed class YamlBuilder(YamlLimits limits)
{
    private readonly record struct Open(bool IsMap, int First, AnchorName Anchor, Mark Start);

    /// <summary>A finished part, and the line on which it begins.</summary>
    private readonly record struct Part(YamlNode Node, long Line, long Column);

    private readonly Stack<Open> _open = new();
    // The finished parts of all open collections, those of the innermost last; keys and values of a map in turn.
    private readonly List<Part> _parts = [];
    private readonly Dictionary<AnchorName, YamlNode> _anchors = [];
    private readonly ScalarPool _scalars = new();
    private readonly MapBuilder _maps = new();

    public YamlNode Build(IParser parser)
    {
        var documents = 0;
        while (parser.MoveNext())
        {
            switch (parser.Current)
            {
                case DocumentStart start when ++documents > 1:
                    throw Problem(start.Start, "a second document begins here; only one is read");
                case SequenceStart start:
                    Begin(new Open(false, _parts.Count, start.Anchor, start.Start));
                    break;
                case MappingStart start:
                    Begin(new Open(true, _parts.Count, start.Anchor, start.Start));
                    break;
                case SequenceEnd or MappingEnd:
                    End();
                    break;
                case AnchorAlias alias:
                    if (!_anchors.TryGetValue(alias.Value, out var node))
                        throw Problem(alias.Start, "an alias names an anchor that is not complete before it");
                    Add(node, alias.Start);
                    break;
                case Scalar scalar:
                    var made = IsKeyNext && IsMergeKey(scalar) ? MapBuilder.MergeKey : _scalars.Make(scalar);
                    Add(made, scalar.Start);
                    Remember(scalar.Anchor, made);
                    break;
            }
        }
        return _parts.Count == 0 ? YamlScalar.Null : _parts[0].Node;
    }

    private bool IsKeyNext => _open.TryPeek(out var open) && open.IsMap && (_parts.Count - open.First) % 2 == 0;

    private static bool IsMergeKey(Scalar scalar) =>
        scalar.Value == "<<" && (scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific ? scalar.Style == ScalarStyle.Plain : scalar.Tag.Value == "tag:yaml.org,2002:merge");

    private void Begin(Open open)
    {
        if (_open.Count >= limits.Depth)
            throw Problem(open.Start, TooDeep);
        _open.Push(open);
    }

    private void End()
    {
        var open = _open.Pop();
        var parts = CollectionsMarshal.AsSpan(_parts)[open.First..];
        YamlNode node;
        if (open.IsMap)
        {
            _maps.Begin(parts.Length / 2);
            for (var i = 0; i < parts.Length; i += 2)
            {
                if (_maps.Add(parts[i].Node, parts[i + 1].Node) is { } problem)
                    throw new YamlReadException(parts[i].Line, parts[i].Column, problem);
            }
            node = _maps.Build();
        }
        else
        {
            var items = new YamlNode[parts.Length];
            for (var i = 0; i < items.Length; i++)
                items[i] = parts[i].Node;
            node = new YamlSequence(ImmutableCollectionsMarshal.AsImmutableArray(items));
        }
        _parts.RemoveRange(open.First, parts.Length);
        Add(node, open.Start);
        Remember(open.Anchor, node);
    }

    private void Add(YamlNode node, Mark start)
    {
        // With the collections around it: an alias can put a deep part into another deep one.
        if (node.Size.Depth + _open.Count > limits.Depth + 1)
            throw Problem(start, TooDeep);
        if (node.Size.Nodes > limits.Nodes)
            throw Problem(start, $"with its aliases written out, this has more than {limits.Nodes} parts");
        if (node.Size.Characters > limits.Characters)
            throw Problem(start, $"with its aliases written out, this has more than {limits.Characters} characters");
        _parts.Add(new Part(node, start.Line, start.Column));
    }

    private void Remember(AnchorName anchor, YamlNode node)
    {
        if (!anchor.IsEmpty)
            _anchors[anchor] = node;
    }

    private string TooDeep => $"more than {limits.Depth} collections stand within each other";

    private static YamlReadException Problem(Mark at, string problem) => new(at.Line, at.Column, problem);
}
