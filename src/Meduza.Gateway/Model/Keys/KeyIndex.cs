using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model.Keys;

/// <summary>Finds the entry of the key table that a full key stands for.</summary>
internal sealed class KeyIndex
{
    private const string Rest = "<REST>";

    private readonly Branch _root = new();

    public KeyIndex(IEnumerable<KeySpec> specs)
    {
        foreach (var spec in specs)
        {
            var branch = _root;
            foreach (var segment in spec.Template[1..].Split('/'))
                branch = branch.Add(segment);
            branch.Spec = spec;
        }
    }

    /// <summary>The index of all that this version knows.</summary>
    public static KeyIndex Default { get; } = new(KeyTable.All);

    /// <summary>The entry, or null for a key that nothing reads.</summary>
    public KeySpec? Find(string key) => key.StartsWith('/') ? Find(_root, key.AsSpan(1)) : null;

    /// <summary>
    /// The known key that looks most like an unknown one, in the same place; null where none is near. It becomes part of a
    /// message, so there is none for a key with something in it that no line may hold.
    /// </summary>
    public string? Nearest(string key)
    {
        if (key.Any(Lines.IsControl))
            return null;
        var best = (Distance: 4, Key: (string?)null);
        var branch = _root;
        var at = 1;
        while (branch is not null)
        {
            var slash = key.IndexOf('/', at);
            var segment = slash < 0 ? key[at..] : key[at..slash];
            foreach (var name in branch.Names)
            {
                var distance = EditDistance(segment, name);
                var candidate = key[..at] + name + (slash < 0 ? "" : key[slash..]);
                if (distance > 0 && distance < best.Distance && distance < name.Length && Find(candidate) is not null)
                    best = (distance, candidate);
            }
            if (slash < 0)
                break;
            branch = branch.Child(segment);
            at = slash + 1;
        }
        return best.Key;
    }

    private static KeySpec? Find(Branch branch, ReadOnlySpan<char> rest)
    {
        var slash = rest.IndexOf('/');
        var segment = slash < 0 ? rest : rest[..slash];
        // A name that happens to be that of a fixed key still is one: both ways are tried, the fixed one first.
        foreach (var child in branch.Candidates(segment))
        {
            if (child.Name == Rest)
                return child.Spec;
            var found = slash < 0 ? child.Spec : Find(child, rest[(slash + 1)..]);
            if (found is not null)
                return found;
        }
        return null;
    }

    /// <summary>How many characters must be changed, added or dropped to make one text of the other (Levenshtein).</summary>
    private static int EditDistance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j - 1], diagonal) + 1);
            }
        }
        return row[b.Length];
    }

    private sealed class Branch
    {
        private readonly Dictionary<string, Branch> _children = new(StringComparer.Ordinal);
        private Branch? _placeholder;

        public string Name { get; private init; } = "";

        public KeySpec? Spec { get; set; }

        public IEnumerable<string> Names => _children.Keys;

        public Branch Add(string segment)
        {
            if (segment[0] == '<')
                return _placeholder ??= new Branch { Name = segment };
            if (!_children.TryGetValue(segment, out var child))
                _children.Add(segment, child = new Branch { Name = segment });
            return child;
        }

        public Branch? Child(string segment) => _children.TryGetValue(segment, out var child) ? child : _placeholder;

        public IEnumerable<Branch> Candidates(ReadOnlySpan<char> segment)
        {
            var found = _children.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(segment, out var child);
            return (found, _placeholder) switch
            {
                (true, not null) => [child!, _placeholder],
                (true, null) => [child!],
                (false, not null) => [_placeholder],
                _ => [],
            };
        }
    }
}
