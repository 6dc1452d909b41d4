using System.Collections.Immutable;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

public static partial class ConfigParser
{
    /// <summary>The other nodes, and what is remembered of them.</summary>
    private sealed record FleetNodes(ImmutableArray<FleetNode> Nodes, FleetMemory Memory)
    {
        /// <summary>Reads a part of each node.</summary>
        /// <param name="given">What else <paramref name="read"/> depends on.</param>
        public ImmutableArray<KnownNode.Reading> Read(NodePart part, object given, Func<FleetNode, KeyReader, object?> read) =>
            [.. Nodes.Select(node => node.Known.Read(part, given, found => read(node, node.Keys(found))))];
    }

    /// <summary>Another node, and what is known of it.</summary>
    private sealed record FleetNode(InstanceName Name, KnownNode Known, KeySpace All)
    {
        public string Prefix => $"{KeyTable.NodesPrefix}{Name}/";

        public KeyReader Keys(Findings findings) => new(All, Prefix, findings, []);
    }

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
        List<FleetNode> fleet = [];
        memory.Begin();
        foreach (var (id, keys) in all.OfNodes())
        {
            if (id == self.ToString())
                continue;
            var known = memory.Node(id, keys);
            if (known.Name is { } name)
                fleet.Add(new FleetNode(name, known, all));
            else
                findings.Warn($"{KeyTable.NodesPrefix}{id}/", $"is not a node's name: the node is left out; expected {InstanceName.Expected}");
        }
        memory.End();
        return new([.. fleet], memory);
    }

    /// <summary>Says what is wrong at other nodes, and leaves out those of which a part is not there or cannot be read.</summary>
    private static IEnumerable<(FleetNode Node, T Value)> Usable<T>(FleetNodes fleet, ImmutableArray<KnownNode.Reading> readings, string consequence, Findings findings)
        where T : class
    {
        for (var at = 0; at < readings.Length; at++)
        {
            findings.AddAsWarnings(readings[at].Found, consequence);
            if (!readings[at].Found.HasErrors && readings[at].Value is T value)
                yield return (fleet.Nodes[at], value);
        }
    }

    /// <summary>Sorted. Of other nodes also those that can be read where others in their list cannot: each must be kept from external peers.</summary>
    private static ImmutableArray<Prefix> ReadFleetPrivateLans(FleetNodes fleet, ImmutableArray<Prefix> own, Findings findings)
    {
        var readings = fleet.Read(NodePart.PrivateLans, "", (_, keys) =>
        {
            var all = keys.List(KeyTable.PrivateLan);
            return keys.Findings.HasErrors ? [.. keys.TextLines(KeyTable.PrivateLan).Select(Parse).OfType<Prefix>()] : all;
        });
        return fleet.Memory.Derive(NodePart.PrivateLans, readings, string.Join(' ', own), findings, found =>
        {
            foreach (var reading in readings)
                found.AddAsWarnings(reading.Found, "what can be read of it is kept private");
            return readings.SelectMany(reading => (ImmutableArray<Prefix>)reading.Value!).Concat(own).Distinct().Order().ToImmutableArray();
        });

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
