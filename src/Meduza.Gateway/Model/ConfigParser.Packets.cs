using System.Collections.Immutable;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

/// <summary>What is done to packets that pass this machine.</summary>
public static partial class ConfigParser
{
    private static ImmutableArray<PortForward> ReadForwards(KeyReader own)
    {
        var owners = new Dictionary<int, PortForward>();
        foreach (var forward in own.List(KeyTable.PortForwards))
        {
            if (!owners.TryAdd(Place(forward), forward))
                own.Findings.Error(own.FullKey(KeyTable.PortForwards), $"port {forward.Listen} goes to two hosts: {owners[Place(forward)]} and {forward}");
        }
        return [.. owners.Values.OrderBy(Place)];

        // Those of IPv4 first.
        static int Place(PortForward forward) => (forward.IsIpv6 ? 1 << 16 : 0) + forward.Listen.Number;
    }

    private sealed record ReadMapping(string Key, NetworkMapping Mapping);

    private static ImmutableArray<NetworkMapping> ReadMappings(KeyReader own)
    {
        List<ReadMapping> mappings = [];
        foreach (var (key, value) in own.Below(KeyTable.NetworkMappingPrefix).Keys)
        {
            own.Used.Add(key);
            var name = key[(own.Prefix.Length + KeyTable.NetworkMappingPrefix.Length)..];
            if (!Prefix.TryParse(name, out var inside, out var hadHostBits) || inside.IsIpv6)
            {
                own.Findings.Error(key, $"{Quoted.Of(name)} is no network; expected {Kinds.Ipv4Network.Expected}");
                continue;
            }
            if (hadHostBits)
                own.Findings.Warn(key, $"{name} has host bits set: read as {inside}");
            if (!own.TryRead(key, value.Span, KeyTable.NetworkMapping, out var outside))
                continue;
            if (inside.Length != outside.Length)
                own.Findings.Error(key, $"{outside} is of another size than {inside}: every host of one must have its place in the other");
            mappings.Add(new(key, new NetworkMapping(inside, outside)));
        }
        ReportOverlaps(own.Findings, mappings);
        return [.. mappings.Select(each => each.Mapping).Order()];
    }

    /// <summary>A host with two places, or a place with two hosts, would have the one that comes first.</summary>
    private static void ReportOverlaps(Findings findings, List<ReadMapping> mappings)
    {
        for (var i = 0; i < mappings.Count; i++)
        {
            var (key, mapping) = mappings[i];
            foreach (var (otherKey, other) in mappings.Take(i))
            {
                if (Overlap(mapping.Inside, other.Inside) || Overlap(mapping.Outside, other.Outside))
                    findings.Error(key, $"{mapping} overlaps {other} of {otherKey}");
            }
        }

        static bool Overlap(Prefix one, Prefix other) => one.Contains(other) || other.Contains(one);
    }
}
