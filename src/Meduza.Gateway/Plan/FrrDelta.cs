using System.Collections.Immutable;

namespace Meduza.Gateway.Plan;

/// <summary>
/// The commands that bring a running FRR daemon from one text to another of ours. Three passes:
/// <list type="number">
/// <item>removals, last line first, since what uses a name stands after what defines it;</item>
/// <item>additions and replacements, in the order of the text, as the daemon would read it from its file;</item>
/// <item>definitions (prefix lists, route maps) that nothing uses any more: a map that is taken away before its neighbour
/// has another one would for a moment deny everything.</item>
/// </list>
/// Within a list whose entries have numbers, entries go before others come: FRR passes over a new entry, without an
/// error, while an equal one has another number.
/// <para>
/// bgpd looks at its routes again when its route-map delay timer fires, five seconds after a list or a map changed: so it
/// never acts on half a delta. Setting the timer to 0 makes it fire at once (bgp_set_route_map_delay_timer in FRR's
/// bgp_routemap.c), and only the neighbours whose maps changed are re-evaluated, by route refresh, without a reset; the
/// redistribution from OSPF too, which <c>clear bgp * soft</c> would leave out. Left at 0 it would not act at all.
/// </para>
/// </summary>
public static class FrrDelta
{
    /// <summary>Computes the commands; none when both texts mean the same.</summary>
    /// <param name="running">The text that the daemon runs, as it was given it or as <see cref="FrrReadback"/> has it.</param>
    /// <param name="desired">The text that it must run.</param>
    public static ImmutableArray<FrrCommand> Compute(string running, string desired)
    {
        ArgumentNullException.ThrowIfNull(running);
        ArgumentNullException.ThrowIfNull(desired);
        if (running == desired)
            return [];
        var from = FrrTree.Parse(running);
        var to = FrrTree.Parse(desired);
        List<FrrCommand> commands = [];
        List<FrrCommand> last = [];
        Remove(from, to, [], commands, last);
        Add(from, to, commands);
        commands.AddRange(last);
        if (to.Children.Any(context => context.Line.StartsWith("router bgp ", StringComparison.Ordinal))
            && commands.Exists(command => FrrLine.Definition(command.Line.StartsWith("no ", StringComparison.Ordinal) ? command.Line[3..] : command.Line) is not null))
        {
            commands.Add(new FrrCommand("bgp route-map delay-timer 0", MayFail: false));
            commands.Add(new FrrCommand("no bgp route-map delay-timer", MayFail: false));
        }
        return [.. commands];
    }

    /// <param name="gone">Neighbours that are removed as a whole, in a context around this one.</param>
    private static void Remove(FrrTree from, FrrTree to, ImmutableHashSet<string> gone, List<FrrCommand> commands, List<FrrCommand> last)
    {
        gone = gone.Union(Neighbors(from)).Except(Neighbors(to));
        foreach (var old in Enumerable.Reverse(from.Children))
        {
            var now = to.Find(old.Line);
            if (old.IsContext && now is not null && !FrrLine.IsReplacedWhole(old.Line))
            {
                List<FrrCommand> inside = [];
                Remove(old, now, gone, inside, last);
                Wrap(old, inside, commands, mayFail: true);
            }
            else if (old.IsContext && now is null && FrrLine.IsEmptied(old.Line))
            {
                List<FrrCommand> inside = [];
                Remove(old, Empty, gone, inside, last);
                Wrap(old, inside, commands, mayFail: true);
            }
            else if (now is null || (old.IsContext && !Same(old, now)))
            {
                if (IsReplacedInPlace(old, to) || GoesWithItsNeighbor(old, gone))
                    continue;
                var unused = FrrLine.Definition(old.Line) is { } name && !to.Definitions.Contains(name);
                (unused ? last : commands).Add(new FrrCommand(FrrLine.Removal(old.Line), MayFail: true));
            }
        }
    }

    private static void Add(FrrTree from, FrrTree to, List<FrrCommand> commands)
    {
        foreach (var wanted in to.Children)
        {
            var old = from.Find(wanted.Line);
            if (!wanted.IsContext)
            {
                if (old is null)
                    commands.Add(new FrrCommand(wanted.Line, MayFail: false));
                continue;
            }
            var starts = old is null || (FrrLine.IsReplacedWhole(wanted.Line) && !Same(old, wanted)) ? Empty : old;
            List<FrrCommand> inside = [];
            Add(starts, wanted, inside);
            // An entry of a route map says something also when there is nothing in it.
            if (inside.Count > 0 || starts == Empty)
                Wrap(wanted, inside, commands, mayFail: false, evenEmpty: true);
        }
    }

    private static FrrTree Empty { get; } = FrrTree.Parse("");

    private static void Wrap(FrrTree context, List<FrrCommand> inside, List<FrrCommand> commands, bool mayFail, bool evenEmpty = false)
    {
        if (inside.Count == 0 && !evenEmpty)
            return;
        commands.Add(new FrrCommand(context.Line, mayFail));
        commands.AddRange(inside);
        commands.Add(new FrrCommand(context.Exit!, mayFail));
    }

    private static bool IsReplacedInPlace(FrrTree old, FrrTree to) =>
        FrrLine.Slot(old.Line) is { } slot && to.Slots.Contains(slot);

    /// <summary>True for a line about a neighbour that is removed as a whole, by the removal of its AS.</summary>
    private static bool GoesWithItsNeighbor(FrrTree old, ImmutableHashSet<string> gone) =>
        FrrLine.Neighbor(old.Line) is { } neighbor && gone.Contains(neighbor) && !FrrLine.IsRemoteAs(old.Line);

    private static IEnumerable<string> Neighbors(FrrTree router) =>
        router.Children.Where(child => FrrLine.IsRemoteAs(child.Line)).Select(child => FrrLine.Neighbor(child.Line)!);

    private static bool Same(FrrTree a, FrrTree b)
    {
        if (a.Line != b.Line || a.Children.Count != b.Children.Count)
            return false;
        for (var i = 0; i < a.Children.Count; i++)
        {
            if (!Same(a.Children[i], b.Children[i]))
                return false;
        }
        return true;
    }
}
