using System.Collections.Immutable;
using Meduza.Gateway.Model;

namespace Meduza.Gateway.Render.Frr;

internal static partial class FrrRenderer
{
    /// <summary>What is done to routes that come in from a neighbour. Neighbours that are alike share a map.</summary>
    /// <param name="External">The neighbour is of another AS.</param>
    /// <param name="NoTransit">Paths of three and more are denied.</param>
    /// <param name="Roaming">The neighbour is a roaming node: any other way is preferred.</param>
    private readonly record struct InboundMap(bool External, bool NoTransit, bool Roaming)
    {
        public string Name =>
            $"MEDUZA-{(External ? "EXTERNAL" : "INTERNAL")}-IN{(NoTransit ? "-NO-TRANSIT" : "")}{(Roaming ? "-ROAMING" : "")}";

        public void Define(ConfigText text)
        {
            if (NoTransit)
                RouteMap(text, Name, false, 10, $"match as-path {FrrNames.Transit}");
            List<string> lines = [$"match ip address prefix-list {FrrNames.FilterIn}"];
            // Internal neighbours take the mark off when they send; one of an older edition may not.
            lines.AddRange(External
                ? [$"set community {ExternalCommunity} additive", $"set tag {BgpTag}"]
                : [$"set comm-list {FrrNames.External} delete"]);
            if (Roaming)
                lines.Add("set local-preference 50");
            RouteMap(text, Name, true, 20, [.. lines]);
        }
    }

    /// <summary>What is done to routes that go out to a neighbour.</summary>
    /// <param name="External">The neighbour is of another AS: private LANs stay here.</param>
    /// <param name="NoForward">What other external peers announced stays here.</param>
    private readonly record struct OutboundMap(bool External, bool NoForward)
    {
        public string Name => $"MEDUZA-{(External ? "EXTERNAL" : "INTERNAL")}-OUT{(NoForward ? "-NO-FORWARD" : "")}";

        public void Define(ConfigText text, bool hasPrivateLans)
        {
            if (External && hasPrivateLans)
                RouteMap(text, Name, false, 10, $"match ip address prefix-list {FrrNames.Private}");
            if (NoForward)
                RouteMap(text, Name, false, 20, $"match community {FrrNames.External}");
            RouteMap(text, Name, true, 30,
                $"match ip address prefix-list {FrrNames.FilterOut}", $"set comm-list {FrrNames.External} delete");
        }
    }

    private static void BgpDefinitions(
        ConfigText text, GatewayConfig config, BgpConfig bgp, ImmutableArray<Neighbor> neighbors, bool takesOspf)
    {
        var hasPrivateLans = !config.FleetPrivateLans.IsEmpty;
        PrefixList(text, FrrNames.FilterIn, bgp.FilterIn.Select(rule => rule.ToString()));
        PrefixList(text, FrrNames.FilterOut, bgp.FilterOut.Select(rule => rule.ToString()));
        PrefixSet(text, FrrNames.Private, config.FleetPrivateLans);
        // Elements of a path are separated by single spaces, and the ASes of a set, which counts as one, by commas.
        text.LineIf(neighbors.Any(neighbor => neighbor.In.NoTransit), $"bgp as-path access-list {FrrNames.Transit} seq 5 permit ^[^ ]+ [^ ]+ [^ ]+");
        text.LineIf(!neighbors.IsEmpty, $"bgp community-list standard {FrrNames.External} seq 5 permit {ExternalCommunity}");
        foreach (var map in neighbors.Select(neighbor => neighbor.In).Distinct().OrderBy(map => map.Name, StringComparer.Ordinal))
            map.Define(text);
        foreach (var map in neighbors.Select(neighbor => neighbor.Out).Distinct().OrderBy(map => map.Name, StringComparer.Ordinal))
            map.Define(text, hasPrivateLans);
        if (!takesOspf)
            return;
        RouteMap(text, FrrNames.OspfToBgp, false, 10, $"match tag {BgpTag}");
        if (hasPrivateLans)
            RouteMap(text, FrrNames.OspfToBgp, false, 20, $"match ip address prefix-list {FrrNames.Private}");
        RouteMap(text, FrrNames.OspfToBgp, true, 30);
    }
}
