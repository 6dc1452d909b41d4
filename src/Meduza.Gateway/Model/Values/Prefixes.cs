namespace Meduza.Gateway.Model.Values;

/// <summary>Sets of networks.</summary>
internal static class Prefixes
{
    /// <summary>
    /// The fewest networks that hold the same addresses, in order: none lies in another one, and no two are the halves of a
    /// third. The same set gives the same ones, whatever it was made of.
    /// </summary>
    public static IReadOnlyList<Prefix> Merge(IEnumerable<Prefix> prefixes)
    {
        List<Prefix> merged = [];
        // A network comes before its parts.
        foreach (var prefix in prefixes.Order())
        {
            if (merged.Count > 0 && merged[^1].Contains(prefix))
                continue;
            merged.Add(prefix);
            while (merged.Count > 1 && merged[^1].Length > 0 && merged[^1].Length == merged[^2].Length && merged[^1].Parent == merged[^2].Parent)
            {
                merged[^2] = merged[^2].Parent;
                merged.RemoveAt(merged.Count - 1);
            }
        }
        return merged;
    }
}
