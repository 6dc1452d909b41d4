using System.Text;

namespace Meduza.Gateway.Plan;

/// <summary>
/// An FRR text as a tree: a line that is followed by deeper ones is a context. The lines that leave a context
/// (<c>exit</c>, <c>exit-address-family</c>) belong to it; comments do not count.
/// </summary>
internal sealed class FrrTree(string line)
{
    /// <summary>The command, without indentation; empty at the root.</summary>
    public string Line { get; } = line;

    /// <summary>What leaves the context; null for a plain command.</summary>
    public string? Exit { get; private set; }

    public bool IsContext => Exit is not null;

    /// <summary>What is inside, in order.</summary>
    public List<FrrTree> Children { get; } = [];

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
            parent.Children.Add(node);
            open.Push((indent, node));
        }
        return root;
    }

    /// <summary>The same context with nothing inside.</summary>
    public FrrTree Emptied() => new(Line) { Exit = Exit };

    public FrrTree? Find(string line) => Children.Find(child => child.Line == line);

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
