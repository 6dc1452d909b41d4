namespace Meduza.Gateway.Plan;

/// <summary>
/// What a daemon shows of what it runs (<c>show running-config</c>), brought into the form of our own texts, so that the
/// two can be compared, and a delta between them mends whatever differs.
/// <list type="bullet">
/// <item>What a daemon says of itself, and what an operator sets to look at it (<c>log</c>, <c>debug</c>), does not count.</item>
/// <item>A default that is not shown is there, unless another value is.</item>
/// <item>The order means nothing: entries of lists and maps have their numbers.</item>
/// </list>
/// </summary>
public static class FrrReadback
{
    /// <summary>Lines that are nobody's configuration, by how they begin.</summary>
    private static readonly string[] NotOurs =
    [
        "Building configuration", "Current configuration", "end", "frr version ", "service ", "log ", "debug ", "line vty",
        // What the kernel's settings are when the daemon looks.
        "ip forwarding", "no ip forwarding", "ipv6 forwarding", "no ipv6 forwarding",
    ];

    /// <summary>What the daemon runs, as one of our texts.</summary>
    /// <param name="shown">Its answer.</param>
    /// <param name="desired">What it should run.</param>
    /// <returns><paramref name="desired"/> itself where it runs just that.</returns>
    public static string Read(string shown, string desired)
    {
        ArgumentNullException.ThrowIfNull(shown);
        ArgumentNullException.ThrowIfNull(desired);
        var there = FrrTree.Parse(shown);
        var wanted = FrrTree.Parse(desired);
        there.Remove(child => wanted.Find(child.Line) is null && IsNothing(child));
        Complete(there, wanted);
        return IsSame(there, wanted) ? desired : there.ToString();
    }

    /// <summary>The first line in which two texts differ, said as of the one that runs; null where they mean the same.</summary>
    public static string? Difference(string running, string desired)
    {
        ArgumentNullException.ThrowIfNull(running);
        ArgumentNullException.ThrowIfNull(desired);
        var there = FrrTree.Parse(running).Flatten().ToList();
        var wanted = FrrTree.Parse(desired).Flatten().ToList();
        if (wanted.Except(there).FirstOrDefault() is { } lacks)
            return $"it lacks '{lacks}'";
        return there.Except(wanted).FirstOrDefault() is { } more ? $"it has '{more}' too" : null;
    }

    private static bool IsSame(FrrTree there, FrrTree wanted) =>
        there.Flatten().ToHashSet(StringComparer.Ordinal).SetEquals(wanted.Flatten());

    /// <summary>Beside what is not ours, a context that cannot be removed and has nothing in it.</summary>
    private static bool IsNothing(FrrTree child) =>
        NotOurs.Any(beginning => child.Line.StartsWith(beginning, StringComparison.Ordinal))
        || (FrrLine.IsEmptied(child.Line) && child.Children.Count == 0);

    private static void Complete(FrrTree there, FrrTree wanted)
    {
        foreach (var child in wanted.Children)
        {
            var found = there.Find(child.Line);
            if (found is null && IsThereUnseen(child.Line, there))
            {
                found = child.Emptied();
                there.Add(found);
            }
            if (found is not null)
                Complete(found, child);
        }
    }

    /// <summary>A family is there as long as its router is.</summary>
    private static bool IsThereUnseen(string line, FrrTree siblings) =>
        FrrLine.IsFamily(line) || (FrrLine.IsUnseenDefault(line) && !siblings.Slots.Contains(FrrLine.Slot(line)!));
}
