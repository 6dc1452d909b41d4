using System.Collections.Immutable;

namespace Meduza.Gateway.Plan;

/// <summary>
/// Which BGP sessions a plan ends or resets. What resets one in FRR, of the commands that we give: another AS or
/// update-source of the neighbour, another router id, the end of the instance or of the process (bgpd/bgp_vty.c,
/// <c>peer_change_action</c>). Descriptions, weights, timers, next-hop-self and policies do not.
/// </summary>
public static class BgpResets
{
    private const string Daemon = "bgpd";

    /// <returns>The neighbours whose sessions do not outlive the plan, in the order of the running configuration.</returns>
    public static ImmutableArray<string> Of(Changes changes, ObservedState observed)
    {
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentNullException.ThrowIfNull(observed);
        if (!observed.Frr.TryGetValue(Daemon, out var running))
            return [];
        ImmutableArray<string> sessions =
            [.. running.Config.Split('\n').Select(line => line.Trim()).Where(FrrLine.IsRemoteAs).Select(line => FrrLine.Neighbor(line)!)];
        if (Planner.StartsAnew(Daemon, changes, observed) || changes.Removes.Any(service => service.Name == Daemon))
            return sessions;
        var commands = changes.Frr.Where(change => change.Daemon == Daemon).SelectMany(change => change.Commands)
            .Select(command => command.Line.Trim()).ToList();
        if (commands.Exists(ResetsAll))
            return sessions;
        var reset = commands.Where(ResetsOne).Select(line => FrrLine.Neighbor(Positive(line))).ToHashSet(StringComparer.Ordinal);
        return [.. sessions.Where(reset.Contains)];
    }

    private static bool ResetsAll(string line) =>
        line.StartsWith("no router bgp", StringComparison.Ordinal) || Positive(line).StartsWith("bgp router-id", StringComparison.Ordinal);

    private static bool ResetsOne(string line) => line.Split(' ') is ["no", "neighbor", _] or ["neighbor", _, "remote-as", ..] or ["neighbor", _, "update-source", ..] or ["no", "neighbor", _, "update-source", ..];

    private static string Positive(string line) => line.StartsWith("no ", StringComparison.Ordinal) ? line[3..] : line;
}
