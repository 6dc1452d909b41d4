using System.Text;

namespace Meduza.Gateway.Plan;

/// <summary>
/// An FRR text as a tree: a line that is followed by deeper ones is a context. The lines that leave a context
/// (<c>exit</c>, <c>exit-address-family</c>) belong to it; comments do not count.
/// </summary>
internal sealed class FrrTree(string line)
{
    private readonly List<FrrTree> _children = [];

    /// <summary>The first of each line; null until somebody looks for one.</summary>
    private Dictionary<string, FrrTree>? _byLine;
    private HashSet<string>? _slots, _definitions;

    /// <summary>The command, without indentation; empty at the root.</summary>
    public string Line { get; } = line;

    /// <summary>What leaves the context; null for a plain command.</summary>
    public string? Exit { get; private set; }

    public bool IsContext => Exit is not null;

    /// <summary>What is inside, in order.</summary>
    public IReadOnlyList<FrrTree> Children => _children;

    /// <summary>The places (<see cref="FrrLine.Slot"/>) that what is directly inside takes.</summary>
    public IReadOnlySet<string> Slots => _slots ??= Collect(FrrLine.Slot);

    /// <summary>The names (<see cref="FrrLine.Definition"/>) that what is directly inside defines a part of.</summary>
    public IReadOnlySet<string> Definitions => _definitions ??= Collect(FrrLine.Definition);

    /// <summary>The text's lines as a tree, below a root that has no line.</summary>
    public static FrrTree Parse(string text)
    {
        var root = new FrrTree("");
        Stack<(int Indent, FrrTree Node)> open = new();
        open.Push((-1, root));
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.Trim();
            if (line.Length == 0 || line[0] is '!' or '#')
                continue;
            var indent = raw.Length - raw.TrimStart().Length;
            while (open.Peek().Indent >= indent)
                open.Pop();
            var parent = open.Peek().Node;
            if (line == "exit" || line.StartsWith("exit-", StringComparison.Ordinal))
            {
                // Stands at the indentation of the context that it leaves.
                if (parent.Children is [.., var left])
                    left.Exit = line;
                continue;
            }
            var node = new FrrTree(line);
            parent._children.Add(node);
            open.Push((indent, node));
        }
        return root;
    }

    /// <summary>The same context with nothing inside.</summary>
    public FrrTree Emptied() => new(Line) { Exit = Exit };

    /// <summary>What is directly inside by its line; the first of those that have the same.</summary>
    public FrrTree? Find(string line)
    {
        if (_byLine is null)
        {
            _byLine = new(_children.Count, StringComparer.Ordinal);
            foreach (var child in _children)
                _byLine.TryAdd(child.Line, child);
        }
        return _byLine.GetValueOrDefault(line);
    }

    public void Add(FrrTree child)
    {
        _children.Add(child);
        _byLine?.TryAdd(child.Line, child);
        (_slots, _definitions) = (null, null);
    }

    public void Remove(Predicate<FrrTree> which)
    {
        _children.RemoveAll(which);
        (_byLine, _slots, _definitions) = (null, null, null);
    }

    /// <summary>Each command after the contexts that it stands in, <c>router ospf > passive-interface default</c>.</summary>
    public IEnumerable<string> Flatten()
    {
        foreach (var child in Children)
        {
            yield return child.Line;
            foreach (var inside in child.Flatten())
                yield return $"{child.Line} > {inside}";
        }
    }

    /// <summary>What is inside as a text that <see cref="Parse"/> reads.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text, 0);
        return text.ToString();
    }

    private HashSet<string> Collect(Func<string, string?> what) => _children.Select(child => what(child.Line)).OfType<string>().ToHashSet(StringComparer.Ordinal);

    private void Write(StringBuilder text, int depth)
    {
        foreach (var child in Children)
        {
            text.Append(' ', depth).Append(child.Line).Append('\n');
            child.Write(text, depth + 1);
            if (child.Exit is { } exit)
                text.Append(' ', depth).Append(exit).Append('\n');
        }
    }
}
