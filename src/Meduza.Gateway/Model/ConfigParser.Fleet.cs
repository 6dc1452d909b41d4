using System.Collections.Immutable;
using Meduza.Gateway.Model.Keys;
using Meduza.Gateway.Model.Values;

namespace Meduza.Gateway.Model;

public static partial class ConfigParser
{
    /// <summary>Another node, and what is known of it.</summary>
    private sealed record FleetNode(InstanceName Name, KnownNode Known, SortedKeys All)
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
    private static ImmutableArray<FleetNode> ReadFleet(SortedKeys all, InstanceName self, Findings findings, FleetMemory memory)
    {
        List<FleetNode> fleet = [];
        memory.Begin();
        foreach (var group in all.GroupsBelow(KeyTable.NodesPrefix))
        {
            if (group.Name == self.ToString())
                continue;
            var known = memory.Node(group.Name, group.Keys);
            if (known.Name is { } name)
                fleet.Add(new FleetNode(name, known, all));
            else
                findings.Warn($"{KeyTable.NodesPrefix}{group.Name}/", $"is not a node's name: the node is left out; expected {InstanceName.Expected}");
        }
        memory.End();
        return [.. fleet];
    }

    /// <summary>Reads a part of another node; null where it has none, or one that cannot be read.</summary>
    /// <param name="given">What else <paramref name="read"/> depends on.</param>
    private static T? ReadOther<T>(FleetNode node, NodePart part, object given, string consequence, Findings findings, Func<KeyReader, T?> read) where T : class
    {
        var reading = node.Known.Read(part, given, found => read(node.Keys(found)));
        findings.AddAsWarnings(reading.Found, consequence);
        return reading.Found.HasErrors ? null : (T?)reading.Value;
    }

    /// <summary>The networks that can be read, also where others in the list cannot: each of them must be kept from external peers.</summary>
    private static ImmutableArray<Prefix> ReadOthersPrivateLans(FleetNode node, Findings findings)
    {
        var reading = node.Known.Read(NodePart.PrivateLans, "", found =>
        {
            var keys = node.Keys(found);
            var all = keys.List(KeyTable.PrivateLan);
            return found.HasErrors ? [.. keys.TextLines(KeyTable.PrivateLan).Select(Parse).OfType<Prefix>()] : all;
        });
        findings.AddAsWarnings(reading.Found, "what can be read of it is kept private");
        return (ImmutableArray<Prefix>)reading.Value!;

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
