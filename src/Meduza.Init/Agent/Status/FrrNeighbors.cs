using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text.Json;
using Meduza.Init.Agent.Apply;
using Meduza.Init.Control;

namespace Meduza.Init.Agent.Status;

/// <summary>The routing neighbours, from the daemons' own JSON.</summary>
internal static class FrrNeighbors
{
    /// <summary>A daemon that hangs must not hold up the agent's loop: its neighbours are simply not told.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Asks <c>bgpd</c> and <c>ospfd</c> where they run; one that does not answer has no neighbours to tell.</summary>
    /// <param name="folder">Where the vty sockets lie.</param>
    public static ImmutableArray<NeighborReport> Read(string folder) =>
    [
        .. Ask(Path.Combine(folder, "bgpd.vty"), "show bgp ipv4 unicast summary json", ParseBgp),
        .. Ask(Path.Combine(folder, "ospfd.vty"), "show ip ospf neighbor json", ParseOspf),
    ];

    /// <summary>Parses <c>show bgp ipv4 unicast summary json</c>.</summary>
    public static IEnumerable<NeighborReport> ParseBgp(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        // 8.4 wraps the answer in the address family when asked for all of them.
        if (root.TryGetProperty("ipv4Unicast", out var family))
            root = family;
        if (!root.TryGetProperty("peers", out var peers) || peers.ValueKind != JsonValueKind.Object)
            return [];
        return
        [
            .. peers.EnumerateObject().Select(peer => new NeighborReport(
                NeighborReport.Bgp, peer.Name, Text(peer.Value, "state"),
                $"AS {Text(peer.Value, "remoteAs")}, {Text(peer.Value, "pfxRcd")} received, {Text(peer.Value, "pfxSnt")} sent")
            {
                IsUp = Text(peer.Value, "state") == "Established",
                As = Text(peer.Value, "remoteAs"),
                PrefixesReceived = Number(peer.Value, "pfxRcd"),
                PrefixesSent = Number(peer.Value, "pfxSnt"),
            }),
        ];
    }

    /// <summary>Parses <c>show ip ospf neighbor json</c>: router ids, each with a list of adjacencies.</summary>
    public static IEnumerable<NeighborReport> ParseOspf(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.TryGetProperty("neighbors", out var neighbors))
            root = neighbors;
        if (root.ValueKind != JsonValueKind.Object)
            return [];
        return
        [
            .. root.EnumerateObject()
                .Where(router => router.Value.ValueKind == JsonValueKind.Array)
                .SelectMany(router => router.Value.EnumerateArray().Select(adjacency => Adjacency(router.Name, adjacency))),
        ];
    }

    private static NeighborReport Adjacency(string router, JsonElement adjacency)
    {
        // 8.4 says "state", 10 "nbrState".
        var state = adjacency.TryGetProperty("nbrState", out _) ? Text(adjacency, "nbrState") : Text(adjacency, "state");
        var device = Text(adjacency, "ifaceName");
        return new(NeighborReport.Ospf, router, state, $"{Text(adjacency, "ifaceAddress")} on {device}")
        {
            // Two that are neither of the designated routers stay two-way (RFC 2328, 10.4).
            IsUp = state.StartsWith("Full", StringComparison.Ordinal) || state.StartsWith("2-Way", StringComparison.Ordinal),
            Interface = device,
        };
    }

    private static IEnumerable<NeighborReport> Ask(string path, string command, Func<string, IEnumerable<NeighborReport>> parse)
    {
        try
        {
            using var vty = VtySocket.Connect(path, Patience);
            vty.Send("enable");
            var answer = vty.Send(command);
            return answer.Code == 0 && answer.Text.AsSpan().TrimStart().StartsWith('{') ? parse(answer.Text) : [];
        }
        catch (Exception e) when (e is SocketException or IOException or JsonException)
        {
            // Not running, or just going: its service's state tells that.
            return [];
        }
    }

    private static long? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.ToString() : "";
}
