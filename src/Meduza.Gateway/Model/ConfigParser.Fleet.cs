using System.Collections.Immutable;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

public static partial class ConfigParser
{
    /// <summary>The other nodes, and what is remembered of them.</summary>
    private sealed record FleetNodes(ImmutableArray<KnownNode> Nodes, FleetMemory Memory);

    /// <summary>Another node as iBGP needs it.</summary>
    private sealed record BgpSpeaker(RouterId? RouterId, AsNumber? Asn, HostAddress? Overlay, Behavior Behavior);

    /// <summary>
    /// Finds the other nodes. Nothing that is wrong there is an error here: what cannot be read is left out, with a
    /// warning that names it; and what nothing here needs is not looked at.
    /// </summary>
    private static FleetNodes ReadFleet(KeySpace all, InstanceName self, Findings findings, FleetMemory? memory)
    {
        if (memory is null)
            return new([], new());
        var nodes = memory.Meet(all, except: self.ToString());
        if (nodes.All(node => node.Name is not null))
            return new(nodes, memory);
        foreach (var node in nodes.Where(node => node.Name is null))
            findings.Warn(node.Prefix, $"is not a node's name: the node is left out; expected {InstanceName.Expected}");
        return new(nodes.RemoveAll(node => node.Name is null), memory);
    }

    /// <summary>Says what is wrong at other nodes, and leaves out those of which a part is not there or cannot be read.</summary>
    private static IEnumerable<(KnownNode Node, T Value)> Usable<T>(ImmutableArray<KnownNode.Reading> readings, string consequence, Findings findings)
        where T : class
    {
        foreach (var reading in readings)
        {
            findings.AddAsWarnings(reading.Found, consequence);
            if (!reading.Found.HasErrors && reading.Value is T value)
                yield return (reading.Node, value);
        }
    }

    /// <summary>Sorted. Of other nodes also those that can be read where others in their list cannot: each must be kept from external peers.</summary>
    private static ImmutableArray<Prefix> ReadFleetPrivateLans(FleetNodes fleet, ImmutableArray<Prefix> own, Findings findings)
    {
        return fleet.Memory.Derive(NodePart.PrivateLans, fleet.Nodes, "", Read, string.Join(' ', own), findings, (readings, found) =>
        {
            foreach (var reading in readings)
                found.AddAsWarnings(reading.Found, "what can be read of it is kept private");
            return readings.SelectMany(reading => (ImmutableArray<Prefix>)reading.Value!).Concat(own).Distinct().Order().ToImmutableArray();
        });

        static object Read(KnownNode node, KeyReader keys)
        {
            var all = keys.List(KeyTable.PrivateLan);
            return keys.Findings.HasErrors ? keys.TextLines(KeyTable.PrivateLan).Select(Parse).OfType<Prefix>().ToImmutableArray() : all;
        }

        static Prefix? Parse(string line) => Prefix.TryParse(line, out var prefix, out _) && !prefix.IsIpv6 ? prefix : null;
    }

    private static BgpSpeaker? ReadSpeaker(KeyReader keys, MeshType mesh)
    {
        if (!keys.Get(KeyTable.BgpEnable, true))
            return null;
        var routerId = keys.OrNull(KeyTable.RouterId) ?? keys.OrNull(KeyTable.BgpRouterId);
        if (routerId is null)
            return null;
        return new BgpSpeaker(
            routerId,
            keys.OrNull(KeyTable.BgpAsn) ?? keys.OrNull(KeyTable.BgpLocalAsn),
            keys.OrNothing(mesh == MeshType.Tinc ? KeyTable.TincIpv4 : KeyTable.EasyTierIpv4),
            keys.Get(KeyTable.Behavior, Behavior.Static));
    }
}
