using System.Collections.Immutable;
using Meduza.Gateway.Model;
using Meduza.Init.Control;

namespace Meduza.Init.Agent.Status;

/// <summary>
/// The states of single peers, by path below <c>/updated/ID/</c>. They are other machines: what they are says nothing of
/// whether this gateway is well.
/// </summary>
internal static class PeerStates
{
    /// <summary>Of a host of Tinc, where the daemon cannot be asked.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>Routing neighbours: <c>up</c>, <c>connecting</c> on the way, <c>down</c>. One that is met on two devices is as good as the better one.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Of(IEnumerable<NeighborReport> neighbors) => neighbors
        .GroupBy(neighbor => $"frr/{neighbor.Protocol}/{neighbor.Neighbor}/status", StringComparer.Ordinal)
        .Select(one => KeyValuePair.Create(one.Key, Best(one)));

    /// <summary>The hosts of Tinc that the keys name.</summary>
    /// <param name="reached">Names of those that tincd reaches; null where it cannot be asked.</param>
    public static IEnumerable<KeyValuePair<string, string>> Of(ImmutableArray<TincHost> hosts, IReadOnlySet<string>? reached) => hosts.Select(
        host => KeyValuePair.Create($"tinc/{host.Name}/status", reached is null ? Unavailable : reached.Contains(host.Name.ToString()) ? OpenVpnStates.Up : OpenVpnStates.Down));

    private static string Best(IEnumerable<NeighborReport> adjacencies)
    {
        var best = OpenVpnStates.Down;
        foreach (var adjacency in adjacencies)
        {
            if (adjacency.IsUp)
                return OpenVpnStates.Up;
            if (!IsOff(adjacency.State))
                best = OpenVpnStates.Connecting;
        }
        return best;
    }

    /// <summary>
    /// <c>Idle (Admin)</c>, <c>Idle (PfxCt)</c>: bgpd does not try any more. <c>Down/…</c>: ospfd does not hear it any more. A plain
    /// <c>Idle</c> is the moment between two tries.
    /// </summary>
    private static bool IsOff(string state) => state.StartsWith("Idle (", StringComparison.Ordinal) || state.StartsWith("Down", StringComparison.Ordinal);
}
