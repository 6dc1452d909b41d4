namespace Meduza.Gateway.Lint;

/// <summary>Lists in sentences.</summary>
internal static class Words
{
    private const int Most = 4;

    /// <summary><c>a, b and c</c>; of many only the first ones, and how many there are more.</summary>
    public static string And(IEnumerable<string> items)
    {
        var all = items.ToList();
        if (all.Count > Most)
            all = [.. all.Take(Most - 1), $"{all.Count - Most + 1} others"];
        return all.Count == 1 ? all[0] : $"{string.Join(", ", all.SkipLast(1))} and {all[^1]}";
    }
}
